/** Kernel sources that are generated instead of written: file name → AssemblyScript text. */
export const GENERATED_FILES = {};
