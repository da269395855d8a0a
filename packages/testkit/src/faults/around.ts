type Given<Method> = Method extends (...given: infer List) => unknown ? List : never;
type Result<Method> = Method extends (...given: never[]) => infer Value ? Value : never;

/** Puts `act` in front of a method, which it can go on with, of one object or, with a prototype, of all of a class. */
export function around<T extends object, Name extends keyof T>(
  holder: T,
  name: Name,
  act: (
    proceed: (...given: Given<T[Name]>) => Result<T[Name]>,
    self: T,
    ...given: Given<T[Name]>
  ) => Result<T[Name]>,
): void {
  const original = holder[name] as (this: T, ...given: Given<T[Name]>) => Result<T[Name]>;
  const replacement = function (this: T, ...given: Given<T[Name]>): Result<T[Name]> {
    return act((...changed) => original.apply(this, changed), this, ...given);
  };
  holder[name] = replacement as T[Name];
}
