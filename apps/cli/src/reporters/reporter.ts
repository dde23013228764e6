import type { MigrationEvent } from '@org/migrate-core'
import type { ExitCode } from '../exit-codes.ts'

/** How a command tells what it found. The answer goes to stdout, everything on the way to stderr. */
export interface Reporter {
  /** What a looking command found: one document, or its human form. */
  answer(document: object, human: () => string): void
  /** A text that a program will read, exactly as it is: nothing of it is escaped or left out. */
  verbatim(document: object, text: string): void
  /** Before a run: where its settings came from. */
  note(text: string): void
  /** What happened beside the events of one run, for the log; with a text for people where it is worth a line. `name`: that of its span. */
  fact(name: string, facts: object, text: string | undefined): void
  /** While a command runs. */
  event(event: MigrationEvent): void
  /** The end of a run. */
  result(document: object, human: () => string): void
  /** `running`: events may have been printed, so the last line has to say how it ended. */
  failure(error: unknown, exitCode: ExitCode, running: boolean): void
}
