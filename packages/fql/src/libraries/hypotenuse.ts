/**
 * √(a² + b²) without overflow on the way, and nearly always the nearest double: the root is corrected by what its square is off. JavaScript's own
 * `Math.hypot` is often off by one place, which shows in results that people know by heart.
 */
export function hypotenuse(a: number, b: number): number {
  const [long, short] = Math.abs(a) >= Math.abs(b) ? [Math.abs(a), Math.abs(b)] : [Math.abs(b), Math.abs(a)];
  if (!Number.isFinite(a) || !Number.isFinite(b) || short === 0) return Math.hypot(a, b);
  // The short side is less than half of the long side's last place.
  if (short < long * 2 ** -54) return long;
  const scale = scaleOf(long);
  return corrected(long * scale, short * scale) / scale;
}

function corrected(long: number, short: number): number {
  const root = Math.sqrt(long * long + short * short);
  if (root <= 2 * short) {
    const delta = root - short;
    const excess = long * (2 * delta - long) + (delta - 2 * (long - short)) * delta;
    return root - excess / (2 * root);
  }
  const delta = root - long;
  const excess = 2 * delta * (long - 2 * short) + (4 * delta - short) * short + delta * delta;
  return root - excess / (2 * root);
}

/** A power of two that brings squares into the range of doubles. */
function scaleOf(long: number): number {
  if (long > 2 ** 500) return 2 ** -600;
  return long < 2 ** -400 ? 2 ** 600 : 1;
}
