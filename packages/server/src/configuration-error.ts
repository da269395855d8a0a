/** A setting is unknown or has a bad value; the message names where it came from. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
