import type { Caller } from './caller.ts'
import type { OtherDatabase } from './configuration/other-databases.ts'
import type { Reporter } from './reporters/reporter.ts'
import type { Settings } from './settings.ts'
import type { LoadedProject, Project } from './wiring.ts'

/** What a command is given. It prints through `report` only, and gives back its exit code. */
export interface CommandContext {
  readonly settings: Settings
  readonly report: Reporter
  readonly signal: AbortSignal
  readonly caller: Caller
  /** A text without the secrets that are known, for a file that people pass on. */
  scrub(text: string): string
  /** With a URL: on the database there, in place of the configured one. */
  open(url?: string): Promise<Project>
  /** The other databases of the configuration. */
  otherDatabases(): Promise<readonly OtherDatabase[]>
  /** For what needs no database, nor to know which it is. */
  openFiles(): Promise<LoadedProject>
}
