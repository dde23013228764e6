/** A defect of one line, and the test that has to see it. */
export interface Mutant {
  /** What the program does wrong with it. */
  readonly name: string
  /** From the root. */
  readonly file: string
  /** A text that stands in the file once. */
  readonly find: string
  readonly replace: string
  /** The test's file, and its name or a part of it. */
  readonly test: readonly [file: string, name: string]
}
