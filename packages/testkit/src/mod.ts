export {
  type RunningSkein,
  type SkeinProcesses,
  type StartSkeinOptions,
  startSkein,
} from './skein-server.ts';
