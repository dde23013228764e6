import { createDriftReader } from '@org/migrate-autogenerate'
import { isMigrateError, type Migrator } from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import { type ClientRun, clientFor, sqliteClient, sqliteClientVersion } from '../script/client.ts'
import { missingOf } from './catalogue.ts'
import {
  attempt,
  differencesOf,
  fileOf,
  type MigratorChoice,
  recordedOf,
  requireEqual,
  runOnCopy,
  type ScriptRequest,
} from './script-run.ts'

/** What an act in a file of its own knows of a life. */
export interface LifeAround {
  readonly ground: Ground
  readonly from: Random
  readonly log: string[]
  readonly values: Set<string>
  readonly migrator: (choice?: MigratorChoice) => Migrator
  readonly someRevision: () => string
  /** What the last revision does. */
  readonly last: () => string
}

function clientOf(ground: Ground): ((script: string) => ClientRun) | undefined {
  if (ground.name !== 'sqlite') {
    const client = clientFor(ground.name)
    return client && ((script) => client(ground.url, script))
  }
  const client = sqliteClient
  return client && ((script) => client(fileOf(ground), script))
}

/** @param from where the database stands, where that is one revision */
function drawRequest({ ground, from, someRevision }: LifeAround, head: string | undefined): ScriptRequest {
  const command = from.chance(0.5) ? 'upgrade' : 'downgrade'
  const assumed = from.chance(0.3) ? head : undefined
  const version = ground.name === 'sqlite' ? sqliteClientVersion : undefined
  return {
    target: command === 'upgrade' && from.chance(0.7) ? 'heads' : someRevision(),
    options: {
      command,
      from: assumed ?? 'current',
      ...(version === undefined ? {} : { serverVersion: version }),
      ...(from.chance(0.3) ? { skipData: true } : {}),
      ...(command === 'downgrade' && from.chance(0.4) ? { allowDataLoss: true } : {}),
    },
    // What has been preserved only the database says: without it, the options say so.
    preserves: from.chance(0.3) || (assumed !== undefined && command === 'downgrade'),
  }
}

/** All that is pending, by a request that was drawn. */
const asUpgrade = ({ options, ...rest }: ScriptRequest): ScriptRequest => ({
  ...rest,
  target: 'heads',
  options: { ...options, command: 'upgrade', ...(options.command === 'downgrade' ? { from: 'current' } : {}) },
})

/** The comments of a script about what goes. */
const namedIn = (script: string): readonly string[] =>
  script.split('\n').filter((line) => /^-- .*(is lost: |left out: | not preserved| nor preserved)/.test(line))

/** Throws for values that are nowhere any more, where no comment of the script is about a loss. */
async function requireNamed({ ground, log, values }: LifeAround, script: string): Promise<void> {
  const missing = await missingOf(ground, values)
  if (missing.length === 0) return
  const named = namedIn(script)
  log.push(`  named: ${named.join(' | ')}`)
  if (named.length === 0) throw new Error(`lost by a script: ${missing.join(', ')}`)
  for (const value of missing) values.delete(value)
}

/** Runs a whole script or the beginning of it, and compares with what the library does. */
async function runScript(
  life: LifeAround,
  request: ScriptRequest,
  script: string,
  client: (script: string) => ClientRun,
): Promise<void> {
  const { ground, from, log, migrator } = life
  const paragraphs = script.split('\n\n')
  const cut = from.chance(0.3) ? from.int(1, paragraphs.length) : undefined
  if (cut !== undefined) {
    log.push(`  killed after ${cut} of ${paragraphs.length}`)
    client(`${paragraphs.slice(0, cut).join('\n\n')}\n`)
    return requireNamed(life, script)
  }
  const isComparable = ground.name === 'sqlite' && request.options.skipData !== true
  const online = isComparable ? await runOnCopy(ground, migrator, request) : undefined
  try {
    const done = client(script)
    if (done.stopped) log.push(`  stopped: ${done.output.slice(0, 300)}`)
    await requireNamed(life, script)
    if (online !== undefined) await requireEqual(ground, request, done, online)
  } finally {
    online?.drop()
  }
  if (from.chance(0.7)) return
  const before = await recordedOf(ground)
  client(script)
  const lines = differencesOf(before, await recordedOf(ground))
  if (lines.length > 0) throw new Error(`a script that runs a second time changes ${lines.join('\n')}`)
}

/**
 * The database is moved by the script that the product writes, in the client of its server, which is sometimes killed. Gives whether all
 * that is pending has run.
 *
 * @param upgrades a revision that has just been written
 */
export async function byScript(life: LifeAround, upgrades = false): Promise<boolean> {
  const { ground, log, migrator } = life
  const client = clientOf(ground)
  if (client === undefined) return false
  const { tiers, interrupted } = await migrator().status()
  const [head, ...more] = tiers[0]?.heads ?? []
  const drawn = drawRequest(life, more.length === 0 ? head : undefined)
  const request = upgrades ? asUpgrade(drawn) : drawn
  const { target, options, preserves } = request
  log.push(`script ${target} ${JSON.stringify(options)}${preserves ? '' : ', no upgrade preserves'}`)
  const before = await recordedOf(ground)
  const script = await attempt(() => migrator({ preserves }).script(target, options))
  if (isMigrateError(script)) {
    log.push(`  ${script.code}: ${script.message.slice(0, 300)}`)
    if (differencesOf(before, await recordedOf(ground)).length > 0)
      throw new Error('a script that is refused changes the database')
    return false
  }
  try {
    if (interrupted.length > 0 && options.from === 'current') throw new Error('a script for an interrupted database')
    await runScript(life, request, script, client)
    const { differences } = await createDriftReader()(migrator())
    if (differences.length > 0) throw new Error(`drift: ${differences.join(' | ')}`)
  } catch (error) {
    throw new Error(`${String(error)}\n${script}`, { cause: error })
  }
  return (await migrator().status()).state === 'atHead'
}
