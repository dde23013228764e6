import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { TierRefusal } from './tier-refusals.ts'

/** A word of a command, as its help shows it: `<needed>`, `[may be left out]`, `<one or more...>`. */
interface ArgumentDeclaration {
  readonly name: string
  readonly description: string
  /** What it is where it is left out. */
  readonly default?: string
}

export interface OptionDeclaration {
  /** As commander reads it: `--backup <file>`, `-r, --range <from:to>`, `--verbose`. */
  readonly flags: string
  readonly description: string
  /** What holds without it, for people; absent: off. */
  readonly default?: string
  /** The command cannot do without it. */
  readonly required?: true
  /** It may be given several times. */
  readonly repeatable?: true
  readonly choices?: readonly string[]
  /** Makes a value of the text. Throws commander's InvalidArgumentError. */
  readonly parse?: (text: string) => unknown
}

/** A line that its help shows, and that the tests run. */
export interface Example {
  readonly line: string
  readonly description: string
}

export const groups = {
  daily: 'Every day:',
  history: 'The history:',
  repair: 'When something is wrong:',
  adopt: 'To begin with:',
} as const

export type Group = keyof typeof groups

/** What a command is given: its words in their order, and its options by name. */
export type CommandWork<Options> = (
  context: CommandContext,
  args: readonly string[],
  options: Options,
) => Promise<ExitCode>

export interface CommandDeclaration {
  readonly name: string
  readonly summary: string
  readonly arguments?: readonly ArgumentDeclaration[]
  readonly options?: readonly OptionDeclaration[]
  readonly examples: readonly [Example, Example, ...Example[]]
  /** It writes to a database and tells events on the way: the first Ctrl-C stops it in order. */
  readonly running?: true | ((options: never) => boolean)
  /** Why it has no use for `--tier`, where that is so. */
  readonly refusesTier?: TierRefusal | ((options: never, args: readonly string[]) => TierRefusal | undefined)
  /** Commands below it; the first is meant where none is named. */
  readonly subcommands?: readonly CommandDeclaration[]
  /** Reads the file of the command when it is called: none of the others is read then. */
  readonly work?: CommandWork<never>
}

/** Types the options that a command's work takes: they are what the declared flags give. */
export function declared<Options = object>(
  declaration: Omit<CommandDeclaration, 'work' | 'running' | 'refusesTier'> & {
    readonly work?: CommandWork<Options>
    readonly running?: true | ((options: Options) => boolean)
    readonly refusesTier?: TierRefusal | ((options: Options, args: readonly string[]) => TierRefusal | undefined)
  },
): CommandDeclaration {
  return declaration as CommandDeclaration
}
