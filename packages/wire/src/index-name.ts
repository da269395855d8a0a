/** Names of indexes: any text but the empty one, `*` (it means "several" in paths) and control characters. */
import { utf8Encode } from '@skein/base';
import { ApiError } from './api-error.ts';

/** A name becomes part of file names, whose length systems bound. */
export const indexNameBytesMax = 256;

export function checkIndexName(name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '' || name === '*')
    throw new ApiError('index-name-invalid');
  // eslint-disable-next-line no-control-regex -- control characters are just what is looked for
  if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(name)) {
    throw new ApiError('index-name-forbidden', { reason: 'it holds a control character' });
  }
  if (utf8Encode(name).length > indexNameBytesMax) {
    throw new ApiError('index-name-forbidden', { reason: `it is longer than ${indexNameBytesMax} bytes` });
  }
  return name;
}
