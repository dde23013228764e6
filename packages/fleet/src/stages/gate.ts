import type { ChildProcess } from 'node:child_process'
import {
  isDialect,
  isRecord,
  isText,
  type OptionCheck,
  shaped,
  thrownMessage,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { listOf, withDialectSession } from '@org/migrate-core/internal'
import { isTimer } from '../timer.ts'

/**
 * What has to hold before a stage begins with a member that has something to run: a program that exits with 0, a query whose first value is
 * true, an address that answers with 2xx, or a person. `manual` ends the run; another one with that stage in `openGates` continues there.
 */
export type StageGate =
  | 'manual'
  | {
      /** A program with its arguments, without a shell. */
      readonly command: readonly [string, ...string[]]
      readonly timeoutMs?: number
    }
  | { readonly query: string; readonly dialect: UnloadedDialect }
  | {
      /** An address for a GET. What is behind its path is not shown. */
      readonly http: string
      readonly timeoutMs?: number
    }

const isCommand: OptionCheck = (value) =>
  listOf(isText)(value) ?? ((value as readonly string[]).length === 0 ? 'a program is expected' : undefined)

const isAddress: OptionCheck = (value) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? undefined
    : 'an address with http or https is expected'

/** By what it asks. */
const gateShapes: Readonly<Record<string, OptionCheck>> = {
  command: shaped({ command: isCommand, timeoutMs: isTimer }),
  query: shaped({ query: isText, dialect: isDialect }),
  http: shaped({ http: isAddress, timeoutMs: isTimer }),
}

export const isGate: OptionCheck = (value) => {
  if (value === 'manual') return undefined
  const kinds = Object.keys(gateShapes).filter((kind) => isRecord(value) === undefined && kind in (value as object))
  const [kind = ''] = kinds
  const shape = gateShapes[kind]
  if (shape === undefined || kinds.length > 1)
    return "'manual', or an object with one of `command`, `query` and `http`, is expected"
  return shape(value) ?? (kind === 'query' && !('dialect' in (value as object)) ? '`dialect` is expected' : undefined)
}

const defaultTimeoutMs = 60_000

/** The last line that a program wrote, as the reason of its refusal. */
const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1)?.slice(-300) ?? ''

function endOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(code === 0 ? undefined : code === null ? `it was ended by ${signal}` : `it exited with ${code}`)
    })
  })
}

async function refusalOfCommand(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, signal }: { readonly cwd: string | undefined; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const [{ spawn }, { text }] = await Promise.all([import('node:child_process'), import('node:stream/consumers')])
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    ...(cwd === undefined ? {} : { cwd }),
  })
  const [ended, output] = await Promise.all([endOf(child), text(child.stderr)])
  const reason = lastLine(output)
  return ended === undefined ? undefined : `the command ${program}: ${ended}${reason === '' ? '' : `: ${reason}`}`
}

const isTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'bigint' && value !== 0n) || (typeof value === 'number' && value !== 0)

function refusalOfQuery(
  query: string,
  dialect: UnloadedDialect,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const waiting = signal === undefined ? {} : { signal }
  return withDialectSession(dialect, { purpose: 'inspect', ...waiting }, async (session) => {
    const [row = {}] = await session.query(query)
    const [value] = Object.values(row)
    return isTrue(value) ? undefined : `the query gave ${value === undefined ? 'no row' : String(value)}`
  })
}

async function refusalOfAddress(address: string, signal: AbortSignal): Promise<string | undefined> {
  const { origin, pathname } = new URL(address)
  const response = await fetch(address, { signal })
  await response.body?.cancel()
  return response.ok ? undefined : `${origin}${pathname} answered with ${response.status}`
}

/** Why the gate is closed; undefined: it is open. What cannot be found out closes it. Throws the reason of the signal. */
export async function whyClosed(
  gate: StageGate,
  { cwd, signal }: { readonly cwd: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<string | undefined> {
  if (gate === 'manual') return 'it is opened by hand'
  const timeout = AbortSignal.timeout(('timeoutMs' in gate ? gate.timeoutMs : undefined) ?? defaultTimeoutMs)
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    if ('command' in gate) return await refusalOfCommand(gate.command, { cwd, signal: either })
    if ('query' in gate) return await refusalOfQuery(gate.query, gate.dialect, signal)
    return await refusalOfAddress(gate.http, either)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    const what = 'command' in gate ? `the command ${gate.command[0]}` : 'query' in gate ? 'the query' : 'the address'
    // A query has no limit of its own.
    if (timeout.aborted && !('query' in gate)) return `${what} took too long`
    // What `fetch` throws names the address in its cause alone, with what is secret in it.
    return 'http' in gate ? `${what} could not be reached` : `${what}: ${thrownMessage(error)}`
  }
}
