/** Times and dates. */
import { type FunctionCase, type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const BOUNDS =
  'dates and times must be between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z';
const EPOCH = '{"@ts":"1970-01-01T00:00:00Z"}';
const MAX = '9223372036854775807';
const MIN = '-9223372036854775808';

function ts(text: string): string {
  return `{"@ts":"${text}"}`;
}

function time(text: string, result: string): FunctionCase {
  return gives(`{"time":"${text}"}`, ts(result));
}

function noTime(text: string): FunctionCase {
  return fails(`{"time":"${text}"}`, [], `Cannot cast '${text}' to a time.`);
}

function epoch(count: number | string, unit: string, result: string): FunctionCase {
  return gives(`{"epoch":${count},"unit":"${unit}"}`, ts(result));
}

function part(name: string, key: string, values: readonly (readonly [string, string])[]): FunctionCases {
  return {
    function: name,
    cases: [
      ...values.map(([given, result]) => gives(`{"${key}":${given}}`, result)),
      refuses(`{"${key}":"one"}`, [key], 'Time', 'String'),
      refuses(`{"${key}":{"date":"1970-01-01"}}`, [key], 'Time', 'Date'),
      refuses(`{"${key}":null}`, [key], 'Time', 'Null'),
    ],
  };
}

const Y2038 = ts('2038-01-19T03:14:08Z');
const BEFORE_EPOCH = ts('1969-12-31T23:59:59.999999999Z');

function add(base: string, offset: number | string, unit: string, result: string): FunctionCase {
  return gives(`{"time_add":${base},"offset":${offset},"unit":"${unit}"}`, result);
}

function subtract(base: string, offset: number | string, unit: string, result: string): FunctionCase {
  return gives(`{"time_subtract":${base},"offset":${offset},"unit":"${unit}"}`, result);
}

function diff(start: string, finish: string, unit: string, result: string): FunctionCase {
  return gives(`{"time_diff":${start},"other":${finish},"unit":"${unit}"}`, result);
}

function strict(key: string): FunctionCase {
  return {
    ...refuses(`{"${key}":1639768939970000,"offset":1,"unit":"microsecond"}`, [key], 'Temporal', 'Integer'),
    strictTemporal: true,
  };
}

function shiftErrors(key: string): readonly FunctionCase[] {
  return [
    fails(`{"${key}":${EPOCH},"offset":${MIN},"unit":"day"}`, ['offset'], BOUNDS),
    fails(`{"${key}":${EPOCH},"offset":106751991167300,"unit":"day"}`, ['offset'], BOUNDS),
    fails(`{"${key}":${EPOCH},"offset":${MAX},"unit":"second"}`, ['offset'], BOUNDS),
    fails(`{"${key}":{"date":"1970-01-01"},"offset":${MAX},"unit":"day"}`, ['offset'], BOUNDS),
    fails(`{"${key}":0,"offset":${MAX},"unit":"hours"}`, ['offset'], BOUNDS),
    fails(
      `{"${key}":{"date":"1970-01-01"},"offset":1,"unit":" hours"}`,
      ['unit'],
      "Invalid time unit ' hours'.",
    ),
    refuses(`{"${key}":${EPOCH},"offset":1,"unit":"jiffies"}`, ['unit'], 'Time Unit', 'String'),
    refuses(`{"${key}":${EPOCH},"offset":1,"unit":1}`, ['unit'], 'Time Unit', 'Integer'),
    refuses(`{"${key}":${EPOCH},"offset":1.0,"unit":"day"}`, ['offset'], 'Integer', 'Double'),
    refuses(`{"${key}":"now","offset":1,"unit":"day"}`, [key], 'Temporal', 'String'),
    refuses(`{"${key}":1.0,"offset":1,"unit":"day"}`, [key], 'Temporal', 'Double'),
    strict(key),
  ];
}

const EXTENSION =
  'A time may be an integer, µs since 1970; the result is one, too. `fql.strictTemporal` refuses that, as Fauna did.';

export const timeCases: readonly FunctionCases[] = [
  {
    function: 'Time',
    cases: [
      time('2019-05-27T05:15:48Z', '2019-05-27T05:15:48Z'),
      time(' 2019-05-27T05:15:48.1Z ', '2019-05-27T05:15:48.100Z'),
      time('2019-05-27T05:15Z', '2019-05-27T05:15:00Z'),
      time('2019-05-27T05:15:48+0100', '2019-05-27T04:15:48Z'),
      time('2019-05-27T05:15:48-05:30', '2019-05-27T10:45:48Z'),
      time('2019-05-27T05:15:48+01:00:30', '2019-05-27T04:15:18Z'),
      time('1970-01-01T00:00:00.000001+00:00', '1970-01-01T00:00:00.000001Z'),
      time('1970-01-01T00:00:00.000000001+00:00', '1970-01-01T00:00:00.000000001Z'),
      time('2019-02-30T24:00:00Z', '2019-03-01T00:00:00Z'),
      time('-0001-12-31T00:00:00Z', '-0001-12-31T00:00:00Z'),
      time('+12345-01-01T00:00:00Z', '+12345-01-01T00:00:00Z'),
      gives('{"equals":[{"time":"now"},{"now":null}]}', 'true'),
      noTime('2019-05-27T05:15:48'),
      noTime('2019-05-27 05:15:48Z'),
      noTime('2019-05-27T05:15:60Z'),
      noTime('2019-13-27T05:15:00Z'),
      noTime('2019-05-27T05:15:00+19:00'),
      noTime('12345-01-01T00:00:00Z'),
      noTime('1970-01-01T00:00:00.0000000001Z'),
      noTime(''),
      noTime('Now'),
      refuses(`{"time":${EPOCH}}`, ['time'], 'String', 'Time'),
      refuses('{"time":0}', ['time'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Now',
    cases: [
      gives('{"now":null}', ts('2023-11-14T22:13:20.010Z')),
      gives('{"equals":[{"now":null},{"now":null}]}', 'true'),
      refuses('{"now":1}', ['now'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'Epoch',
    cases: [
      epoch(0, 'second', '1970-01-01T00:00:00Z'),
      epoch(-1, 'day', '1969-12-31T00:00:00Z'),
      epoch(1, 'half days', '1970-01-01T12:00:00Z'),
      epoch(1, ' hours ', '1970-01-01T01:00:00Z'),
      epoch(-1, 'minute', '1969-12-31T23:59:00Z'),
      epoch(2147483648, 'seconds', '2038-01-19T03:14:08Z'),
      epoch(-1, 'millisecond', '1969-12-31T23:59:59.999Z'),
      epoch('1630107062480001', 'microseconds', '2021-08-27T23:31:02.480001Z'),
      epoch(-1, 'nanosecond', '1969-12-31T23:59:59.999999999Z'),
      epoch(MAX, 'nanoseconds', '2262-04-11T23:47:16.854775807Z'),
      epoch(MIN, 'microsecond', '-290308-12-21T19:59:05.224192Z'),
      epoch(MAX, 'millisecond', '+292278994-08-17T07:12:55.807Z'),
      fails(`{"epoch":${MAX},"unit":"day"}`, [], BOUNDS),
      fails(`{"epoch":${MIN},"unit":"second"}`, [], BOUNDS),
      refuses('{"epoch":0,"unit":"picosecond"}', ['unit'], 'Time Unit', 'String'),
      refuses('{"epoch":0,"unit":"Second"}', ['unit'], 'Time Unit', 'String'),
      refuses('{"epoch":0,"unit":"secondss"}', ['unit'], 'Time Unit', 'String'),
      refuses('{"epoch":0.0,"unit":"second"}', ['epoch'], 'Integer', 'Double'),
    ],
  },
  {
    function: 'Date',
    cases: [
      gives('{"date":"1970-01-01"}', '{"@date":"1970-01-01"}'),
      gives('{"date":" 2020-02-29 "}', '{"@date":"2020-02-29"}'),
      gives('{"date":"+12345-01-01"}', '{"@date":"+12345-01-01"}'),
      gives('{"date":"0000-01-01"}', '{"@date":"0000-01-01"}'),
      fails('{"date":"19700101"}', [], "Cannot cast '19700101' to a date."),
      fails('{"date":"2019-02-29"}', [], "Cannot cast '2019-02-29' to a date."),
      fails('{"date":"1970-01-01T00:00:00Z"}', [], "Cannot cast '1970-01-01T00:00:00Z' to a date."),
      refuses('{"date":{"@date":"1970-01-01"}}', ['date'], 'String', 'Date'),
    ],
  },
  {
    function: 'ToTime',
    cases: [
      gives('{"to_time":1000}', ts('1970-01-01T00:00:01Z')),
      gives('{"to_time":"1970-01-01T00:00:00+00:00"}', EPOCH),
      gives('{"to_time":{"date":"1970-01-02"}}', ts('1970-01-02T00:00:00Z')),
      gives(`{"to_time":${EPOCH}}`, EPOCH),
      fails('{"to_time":"x"}', [], "Cannot cast 'x' to a time."),
      fails('{"to_time":1.5}', [], 'Cannot cast Double to Time.'),
      fails('{"to_time":null}', [], 'Cannot cast Null to Time.'),
      fails('{"to_time":[1]}', [], 'Cannot cast Array to Time.'),
    ],
  },
  {
    function: 'ToDate',
    cases: [
      gives(`{"to_date":${BEFORE_EPOCH}}`, '{"@date":"1969-12-31"}'),
      gives('{"to_date":" 1970-01-01 "}', '{"@date":"1970-01-01"}'),
      gives('{"to_date":{"date":"1970-01-01"}}', '{"@date":"1970-01-01"}'),
      fails('{"to_date":"x"}', [], "Cannot cast 'x' to a date."),
      fails('{"to_date":0}', [], 'Cannot cast Integer to Date.'),
      fails('{"to_date":true}', [], 'Cannot cast Boolean to Date.'),
    ],
  },
  {
    function: 'TimeAdd',
    differs: EXTENSION,
    cases: [
      add(EPOCH, -1, 'day', ts('1969-12-31T00:00:00Z')),
      add(EPOCH, 1, 'half days', ts('1970-01-01T12:00:00Z')),
      add(EPOCH, 1, 'hour', ts('1970-01-01T01:00:00Z')),
      add(EPOCH, 90, 'minutes', ts('1970-01-01T01:30:00Z')),
      add(EPOCH, -1, 'second', ts('1969-12-31T23:59:59Z')),
      add(EPOCH, MIN, 'millisecond', ts('-292275055-05-16T16:47:04.192Z')),
      add(EPOCH, MAX, 'microsecond', ts('+294247-01-10T04:00:54.775807Z')),
      add(EPOCH, MIN, 'nanosecond', ts('1677-09-21T00:12:43.145224192Z')),
      add('{"date":"2020-02-28"}', 2, 'days', '{"@date":"2020-03-01"}'),
      add('{"date":"1970-01-01"}', -1, ' day ', '{"@date":"1969-12-31"}'),
      add('1639768939970000', 1, 'microsecond', '1639768939970001'),
      add('0', 1, 'day', '86400000000'),
      add('0', -1, 'nanosecond', '-1'),
      ...shiftErrors('time_add'),
    ],
  },
  {
    function: 'TimeSubtract',
    differs: EXTENSION,
    cases: [
      subtract(EPOCH, 1, 'day', ts('1969-12-31T00:00:00Z')),
      subtract(EPOCH, -1, 'half day', ts('1970-01-01T12:00:00Z')),
      subtract(EPOCH, MIN, 'millisecond', ts('+292278994-08-17T07:12:55.808Z')),
      subtract(EPOCH, MIN, 'nanosecond', ts('2262-04-11T23:47:16.854775808Z')),
      subtract('{"date":"2020-03-01"}', 1, 'day', '{"@date":"2020-02-29"}'),
      subtract('1639768939970000', 1, 'second', '1639768938970000'),
      ...shiftErrors('time_subtract'),
    ],
  },
  {
    function: 'TimeDiff',
    differs: 'Units smaller than a second are counted exactly, where Java cut off both times first.',
    cases: [
      diff('{"date":"1970-01-01"}', '{"date":"1970-01-02"}', 'days', '1'),
      diff('{"date":"1970-01-02"}', '{"date":"1970-01-01"}', 'day', '-1'),
      diff(EPOCH, ts('1970-01-02T23:59:59Z'), 'days', '1'),
      diff(EPOCH, ts('1970-01-01T12:00:00Z'), 'half days', '1'),
      diff(ts('1970-01-01T00:59:59Z'), EPOCH, 'hours', '0'),
      diff(EPOCH, ts('1970-01-01T00:00:00.001Z'), 'microseconds', '1000'),
      diff(ts('1970-01-01T00:00:00.000000001Z'), EPOCH, 'nanoseconds', '-1'),
      fails(
        '{"time_diff":{"date":"1970-01-01"},"other":{"date":"1970-01-01"},"unit":"hours"}',
        ['unit'],
        "Invalid time unit 'hours'.",
      ),
      fails(
        `{"time_diff":{"date":"1970-01-01"},"other":${EPOCH},"unit":"hours"}`,
        ['time_diff'],
        'Incompatible time arguments.',
      ),
      fails(
        `{"time_diff":${EPOCH},"other":{"date":"1970-01-01"},"unit":"days"}`,
        ['time_diff'],
        'Incompatible time arguments.',
      ),
      fails(
        '{"time_diff":{"@ts":"-100000-01-01T00:00:00Z"},"other":{"@ts":"+100000-01-01T00:00:00Z"},"unit":"nanoseconds"}',
        [],
        BOUNDS,
      ),
      refuses(`{"time_diff":0,"other":${EPOCH},"unit":"day"}`, ['time_diff'], 'Temporal', 'Integer'),
      refuses(`{"time_diff":${EPOCH},"other":"now","unit":"day"}`, ['other'], 'Temporal', 'String'),
      refuses(`{"time_diff":${EPOCH},"other":${EPOCH},"unit":"jiffies"}`, ['unit'], 'Time Unit', 'String'),
    ],
  },
  part('ToMicros', 'to_micros', [
    [EPOCH, '0'],
    ['2147483648000000', '2147483648000000'],
    [BEFORE_EPOCH, '-1'],
    ['{"time":"+300000-01-01T00:00:00Z"}', '-9041825692909551616'],
  ]),
  part('ToMillis', 'to_millis', [
    [EPOCH, '0'],
    ['2147483648000000', '2147483648000'],
    [BEFORE_EPOCH, '-1'],
  ]),
  part('ToSeconds', 'to_seconds', [
    [EPOCH, '0'],
    ['2147483648000000', '2147483648'],
    [BEFORE_EPOCH, '-1'],
  ]),
  part('Second', 'second', [
    [Y2038, '8'],
    ['2147483648000000', '8'],
    [BEFORE_EPOCH, '59'],
  ]),
  part('Minute', 'minute', [
    [Y2038, '14'],
    ['0', '0'],
    [BEFORE_EPOCH, '59'],
  ]),
  part('Hour', 'hour', [
    [Y2038, '3'],
    ['0', '0'],
    [BEFORE_EPOCH, '23'],
  ]),
  part('DayOfMonth', 'day_of_month', [
    [Y2038, '19'],
    ['0', '1'],
    [BEFORE_EPOCH, '31'],
  ]),
  part('DayOfWeek', 'day_of_week', [
    [Y2038, '2'],
    ['0', '4'],
    [BEFORE_EPOCH, '3'],
  ]),
  part('DayOfYear', 'day_of_year', [
    [Y2038, '19'],
    ['0', '1'],
    [ts('2020-12-31T00:00:00Z'), '366'],
  ]),
  part('Month', 'month', [
    [Y2038, '1'],
    ['0', '1'],
    [BEFORE_EPOCH, '12'],
  ]),
  part('Year', 'year', [
    [Y2038, '2038'],
    ['0', '1970'],
    [ts('-0044-03-15T00:00:00Z'), '-44'],
  ]),
];
