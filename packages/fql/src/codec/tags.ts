/** First bytes of encoded values. Numbers on disk: never changed, only added. */
export const TAG = {
  null: 0x00,
  false: 0x01,
  true: 0x02,
  /** Zigzag varint, of 32 bits. */
  integer: 0x03,
  /** 8 bytes, big endian, two's complement: those that do not fit 32 bits. */
  long: 0x04,
  /** 8 bytes, big endian, IEEE 754. */
  double: 0x05,
  /** Varint of the byte count, UTF-8. Only from 64 bytes on. */
  string: 0x06,
  /** Varint of the byte count, bytes. */
  bytes: 0x07,
  /** Varint of the count, values. */
  array: 0x08,
  /** Varint of the count, then key (as a string) and value of each. */
  object: 0x09,
  /** Seconds since 1970 as 8 bytes, then nanoseconds as 4. */
  time: 0x0a,
  /** Zigzag of the day as 8 bytes. */
  date: 0x0b,
  /** 16 bytes. */
  uuid: 0x0c,
  /** Varint of the scope, varint of the collection, id as 8 bytes. */
  ref: 0x0d,
  /** Two flags (1: collection, 2: database), id as a string, then these refs. Native collections, and what does not exist. */
  namedRef: 0x0e,
  /** Ordinal of the shape, then its parts as values. */
  set: 0x0f,
  /** JSON text, as a string. */
  lambda: 0x10,
} as const;

/** 40 … 7f: a string of 0 … 63 bytes. */
export const SHORT_STRING = 0x40;
export const SHORT_STRING_BYTES_MAX = 63;
/** 80 … ff: the integers 0 … 127. */
export const SMALL_INTEGER = 0x80;
export const SMALL_INTEGER_MAX = 127n;

/** By ordinal. */
export const SET_TYPES = [
  'match',
  'documents',
  'singleton',
  'events',
  'union',
  'intersection',
  'difference',
  'distinct',
  'join',
  'range',
  'reverse',
  'filter',
] as const;
