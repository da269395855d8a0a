export {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  SETTINGS,
  type Setting,
} from './configuration.ts';
export { type ServeOptions, serve } from './serve.ts';
