const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The standard alphabet, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const bits = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text += digit(bits >> 18) + digit(bits >> 12) + digit(bits >> 6) + digit(bits);
  }
  if (at + 1 === bytes.length) {
    const bits = bytes[at]! << 4;
    return `${text}${digit(bits >> 6)}${digit(bits)}==`;
  }
  if (at + 2 === bytes.length) {
    const bits = (bytes[at]! << 10) | (bytes[at + 1]! << 2);
    return `${text}${digit(bits >> 12)}${digit(bits >> 6)}${digit(bits)}=`;
  }
  return text;
}

function digit(bits: number): string {
  return DIGITS.charAt(bits & 63);
}
