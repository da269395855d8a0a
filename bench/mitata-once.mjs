/**
 * `node --import ./bench/mitata-once.mjs x.bench.ts`: every benchmark runs once and nothing is measured, so that tests see in a
 * moment whether the file still works. Stands in for the parts of mitata that are used here.
 */
import { registerHooks } from 'node:module';

const source = `
  let ran = 0;
  export function bench(name, work) {
    ran += 1;
    work();
    return { gc: () => {}, baseline: () => {} };
  }
  export const group = (name, define) => define();
  export const summary = (define) => define();
  export const do_not_optimize = () => {};
  export async function run() {
    if (ran === 0) throw new Error('the file has no benchmark');
    console.log(ran + ' ran');
  }
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'mitata'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : next(specifier, context),
});
