import type { Caller } from './caller.ts'
import type { Reporter } from './reporters/reporter.ts'
import type { Settings } from './settings.ts'
import type { LoadedProject, Project } from './wiring.ts'

/** What a command is given. It prints through `report` only, and gives back its exit code. */
export interface CommandContext {
  readonly settings: Settings
  readonly report: Reporter
  readonly signal: AbortSignal
  readonly caller: Caller
  open(): Promise<Project>
  /** Another database of the configuration: the named one, or without a name the one that it is about. */
  openOther(name: string | undefined): Promise<Project>
  /** For what needs no database, nor to know which it is. */
  openFiles(): Promise<LoadedProject>
}
