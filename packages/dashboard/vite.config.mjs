import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'vite';

const landModule = 'virtual:land';

/**
 * The coast lines behind the map: read from the TopoJSON of `vega-datasets` while building, so that the page gets one SVG
 * path and no library. Coordinates are degrees, y downwards, to a tenth of a degree.
 */
function landPath() {
  const data = join(
    dirname(createRequire(import.meta.url).resolve('vega-datasets')),
    '..',
    'data',
    'world-110m.json',
  );
  const { arcs, objects, transform } = JSON.parse(readFileSync(data, 'utf8'));
  const [scaleX, scaleY] = transform.scale;
  const [originX, originY] = transform.translate;
  const lines = arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scaleX + originX, y * scaleY + originY];
    });
  });
  // A negative number is the arc of its complement, walked backwards.
  const ring = (numbers) =>
    numbers.flatMap((number) => (number < 0 ? lines[~number].toReversed() : lines[number]));
  const polygons =
    objects.land.type === 'GeometryCollection'
      ? objects.land.geometries.flatMap((each) => each.arcs)
      : objects.land.arcs;
  return polygons
    .flat()
    .map(
      (numbers) =>
        `M${ring(numbers)
          .map(([x, y]) => `${x.toFixed(1)} ${(-y).toFixed(1)}`)
          .join('L')}Z`,
    )
    .join('');
}

/** While working on the page, everything else comes from the server of `npm start`. */
const server = `http://127.0.0.1:${process.env.SKEIN_PORT ?? 7700}`;

export default defineConfig({
  server: { proxy: { '/1/': server, '/skein/page-config.json': server } },
  plugins: [
    {
      name: 'land',
      resolveId: (id) => (id === landModule ? `\0${landModule}` : undefined),
      load: (id) => (id === `\0${landModule}` ? `export default ${JSON.stringify(landPath())};` : undefined),
    },
  ],
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false, chunkSizeWarningLimit: 800 },
});
