/** Checks of single fields that several kinds of schema documents share. */
import { type FieldCheck, invalidType } from '../../access/field-checks.ts';

const aLong: FieldCheck = (value, field) =>
  typeof value === 'bigint' ? [] : [invalidType(field, value, 'Long')];

export const aBoolean: FieldCheck = (value, field) =>
  typeof value === 'boolean' ? [] : [invalidType(field, value, 'Boolean')];

export const aNaturalLong: FieldCheck = (value, field) =>
  typeof value === 'bigint' && value < 0n
    ? [{ field, code: 'non-negative value required', description: 'Value must be non-negative.' }]
    : aLong(value, field);

export function aLongBetween(min: bigint, max: bigint): FieldCheck {
  return (value, field) =>
    typeof value === 'bigint' && (value < min || value > max)
      ? [
          {
            field,
            code: 'bounds error',
            description: `Value ${value} is not in expected range ${min} to ${max}.`,
          },
        ]
      : aLong(value, field);
}
