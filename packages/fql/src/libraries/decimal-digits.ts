/** A finite double that is not zero, without its sign: 0.d₁d₂d₃… × 10^`point`. No zeros at either end of `digits`. */
export interface DecimalDigits {
  readonly digits: string;
  /** How many digits stand before the decimal point: 1 for `3.14`, 0 for `0.314`, −1 for `0.0314`. */
  readonly point: number;
}

export function decimalDigits(value: number): DecimalDigits {
  const magnitude = Math.abs(value);
  // Of the smallest doubles one digit is enough (5E-324); Java has two, if they are nearer (4.9E-324).
  const nearest = magnitude.toExponential(1);
  const shortest = magnitude.toExponential();
  const text = shortest.indexOf('e') === 1 && Number(nearest) === magnitude ? nearest : shortest;
  const [mantissa = '', exponent = '0'] = text.split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return { digits, point: Number(exponent) + 1 };
}
