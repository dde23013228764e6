import type { FileNaming } from '@org/migrate-core/node'

/** A program that is run on every new revision file, such as a formatter. */
export interface WriteHook {
  /** How failures name it. Default: `exec`. */
  readonly name?: string
  /** A program on the PATH, in `node_modules/.bin`, or by its path. No shell is between. */
  readonly exec: string
  /** `{{file}}` stands for the path of the new file. */
  readonly args?: readonly string[]
  /** Relative to the configuration. Default: its folder. */
  readonly cwd?: string
}

/** How new revision files are called, look, and what is run on them. */
export interface NewFiles extends FileNaming {
  /** A file whose text, with its tokens filled, is that of a new revision; relative to the configuration. */
  readonly template?: string
  /** In their order; the first that fails ends the command, and the file is kept. */
  readonly hooks?: readonly WriteHook[]
}
