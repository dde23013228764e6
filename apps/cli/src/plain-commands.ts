import type { Invocation } from './program.ts'
import { defaultSettings, type Settings } from './settings.ts'

/** The commands that a start, a pipeline and a probe call. Without words: `upgrade`. */
const plainCommands: { readonly [command: string]: Pick<Invocation, 'running' | 'run'> } = {
  upgrade: { running: true, run: async (context) => (await import('./commands/upgrade.ts')).upgrade(context) },
  status: { running: false, run: async (context) => (await import('./commands/status.ts')).status(context, {}) },
}

const plainFlags: { readonly [flag: string]: Partial<Settings> } = {
  '--json': { json: true },
  '--quiet': { quiet: true },
  '--strict': { strict: true },
}

/**
 * A frequent command that has nothing but its name and flags, without the parser: loading that costs more than the command.
 * Undefined: the parser has to read the arguments.
 */
export function plainCommand(args: readonly string[]): Invocation | undefined {
  const names = args.filter((arg) => !Object.hasOwn(plainFlags, arg))
  const [command = 'upgrade'] = names
  if (names.length > 1 || !Object.hasOwn(plainCommands, command)) return undefined
  const invocation = plainCommands[command]
  const flags = args.map((arg) => plainFlags[arg])
  return invocation && { ...invocation, settings: Object.assign({ ...defaultSettings, command }, ...flags) }
}
