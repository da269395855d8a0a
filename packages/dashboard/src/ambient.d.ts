declare module '*.css';

/** Made by `vite.config.mjs`. */
declare module 'virtual:land' {
  /** SVG path of the continents; one unit is a degree, north is up (negative y). */
  const path: string;
  export default path;
}
