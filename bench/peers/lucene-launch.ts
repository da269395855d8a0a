/** Compiles and starts the Lucene host where Java and Debian's `liblucene8-java` are there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const JAR_FOLDER = '/usr/share/java';
const JARS = ['lucene-core-8.7.0.jar', 'lucene-analyzers-common-8.7.0.jar'];
const source = fileURLToPath(new URL('./lucene/LuceneHost.java', import.meta.url));

export type LuceneLaunch =
  | { readonly kind: 'ready'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'absent'; readonly reason: string };

/** The first line of `java -version`. */
export function javaVersion(): string | undefined {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 ? stderr.split('\n')[0] : undefined;
}

/** Classes go below `folder`. */
export function prepareLucene(folder: string, heapMegabytes: number): LuceneLaunch {
  const missing = JARS.filter((jar) => !existsSync(join(JAR_FOLDER, jar)));
  if (missing.length > 0) {
    return { kind: 'absent', reason: `${missing.join(', ')} missing: install liblucene8-java` };
  }
  if (javaVersion() === undefined || spawnSync('javac', ['-version']).status !== 0) {
    return { kind: 'absent', reason: 'java or javac missing: install a JDK' };
  }
  const classPath = JARS.map((jar) => join(JAR_FOLDER, jar)).join(':');
  const classes = join(folder, 'classes');
  mkdirSync(classes, { recursive: true });
  execFileSync('javac', ['-nowarn', '-cp', classPath, '-d', classes, source], { stdio: 'inherit' });
  return {
    kind: 'ready',
    command: 'java',
    args: [`-Xmx${heapMegabytes}m`, '-cp', `${classPath}:${classes}`, 'LuceneHost'],
  };
}
