/** The transactions of the workload as expressions of the wire. */
import type { AppendStep } from '../checker/append-checker.ts';
import type { Values } from '../checker/register-checker.ts';

export const SCHEMA: readonly unknown[] = [
  ...['lists', 'registers', 'events'].map((name) => ({
    if: { exists: { collection: name } },
    then: true,
    else: { do: [{ create_collection: { object: { name } } }, true] },
  })),
  {
    if: { exists: { index: 'events_by_ts' } },
    then: true,
    else: {
      do: [
        {
          create_index: {
            object: {
              name: 'events_by_ts',
              source: { collection: 'events' },
              values: [{ object: { field: ['ts'] } }, { object: { field: ['data', 'number'] } }],
            },
          },
        },
        true,
      ],
    },
  },
];

const refOf = (collection: string, id: string): unknown => ({ ref: { collection }, id });
const valueAt = (ref: unknown, field: string, otherwise: unknown): unknown => ({
  if: { exists: ref },
  then: { select: ['data', field], from: { get: ref } },
  else: otherwise,
});
const put = (ref: unknown, field: string, value: unknown): unknown => {
  const params = { object: { data: { object: { [field]: value } } } };
  return { if: { exists: ref }, then: { update: ref, params }, else: { create: ref, params } };
};

/** Its answer: an element for each step, a list for each that reads. */
export function appendTransaction(steps: readonly AppendStep[]): unknown {
  const bindings = steps.map((step, at) => {
    const ref = refOf('lists', step.key);
    if (step.kind === 'read') return { [`s${at}`]: valueAt(ref, 'items', []) };
    const longer = { append: [step.value], collection: { var: 'list' } };
    return {
      [`s${at}`]: {
        let: [{ list: valueAt(ref, 'items', []) }],
        in: { do: [put(ref, 'items', longer), null] },
      },
    };
  });
  return { let: bindings, in: steps.map((_, at) => ({ var: `s${at}` })) };
}

export type RegisterPlan =
  | { readonly kind: 'read'; readonly names: readonly string[] }
  | { readonly kind: 'write'; readonly names: readonly string[]; readonly value: number }
  /** Writes where all of them hold what is expected. */
  | {
      readonly kind: 'swap';
      readonly names: readonly string[];
      readonly value: number;
      readonly expected: Values;
    };

export function registerTransaction(plan: RegisterPlan): unknown {
  const refs = plan.names.map((name) => refOf('registers', String(name.charCodeAt(0))));
  const seen = plan.names.map((name, at) => ({ [name]: valueAt(refs[at], 'value', null) }));
  const all = plan.names.map((name) => ({ var: name }));
  if (plan.kind === 'read') return { let: seen, in: [false, all] };
  const writes = refs.map((ref) => put(ref, 'value', plan.value));
  if (plan.kind === 'write') return { do: [...writes, [true, []]] };
  const holds = plan.names.map((name) => ({ equals: [{ var: name }, plan.expected[name] ?? null] }));
  return {
    let: seen,
    in: { if: { and: [true, ...holds] }, then: { do: [...writes, [true, all]] }, else: [false, all] },
  };
}

export function readRegisterAnswer(
  { names }: RegisterPlan,
  resource: unknown,
): { readonly wrote: boolean; readonly seen: Values } {
  const [wrote, values] = resource as readonly [boolean, readonly (number | null)[]];
  return { wrote, seen: Object.fromEntries(names.map((name, at) => [name, values[at] ?? undefined])) };
}

export function insertEvents(ids: readonly number[]): unknown {
  const creates = ids.map((number) => ({
    create: { collection: 'events' },
    params: { object: { data: { object: { number } } } },
  }));
  return creates.length === 1 ? creates[0] : { do: creates };
}

/** A page of events that are later. */
export function eventsAfter(time: number, size: number): unknown {
  return eventsFrom([time + 1], size);
}

export function eventsFrom(cursor: unknown, size: number): unknown {
  return { paginate: { match: { index: 'events_by_ts' } }, after: cursor, size };
}
