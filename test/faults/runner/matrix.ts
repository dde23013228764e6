import { createMigrator, isMigrateError, type Migrator, type RunOptions } from '@org/migrate-core'
import { differences, type Ground, type Lines } from '../grounds/ground.ts'
import { type ScenarioName, scenarios } from '../scenarios/index.ts'
import { dialectFor } from './dialects.ts'
import type { Job, Strike } from './job.ts'
import { type Ended, type Processes, processesFor } from './processes.ts'

/** One revision there, or back. */
export interface Leg {
  readonly name: string
  readonly direction: 'up' | 'down'
  readonly target: string
  readonly tier?: string
  /** Rows that are written before it, by the server's own means. */
  readonly given?: (ground: Ground) => Promise<void>
}

export interface MatrixOptions {
  readonly ground: Ground
  readonly scenario: ScenarioName
  readonly legs: readonly Leg[]
  /** Of the legs each n-th is disturbed, of its boundaries each n-th. */
  readonly everyLeg: number
  readonly everyPoint: number
  /** Whether a revision is one transaction: after a kill there is all of it or nothing. */
  readonly whole: (leg: Leg) => boolean
  /** Whether the last kill of a leg is followed by the way to head. */
  readonly onToHead?: boolean
  /** Between two statements, and not also while the server has one whose answer is lost. */
  readonly boundariesOnly?: boolean
  readonly journalMode?: Job['journalMode']
  /** What a person finds who looks whether a statement of the author's own ran, where the run asks for that. */
  readonly ran?: (ground: Ground, part: number) => Promise<boolean>
}

/** What came of it. */
export interface Figures {
  readonly legs: number
  readonly boundaries: number
  readonly intended: number
  readonly kills: number
  /** After the kill: nothing of the revision, all of it, or a part that the next run went on from. */
  readonly old: number
  readonly new: number
  readonly parts: number
  /** How often a person was asked. */
  readonly questions: number
  /** What was not as in an undisturbed run. */
  readonly wrong: readonly string[]
}

export function migratorOn(ground: Pick<Ground, 'dialect' | 'url'>, scenario: ScenarioName): Migrator {
  return createMigrator({
    dialect: dialectFor(ground.dialect, ground.url),
    tiers: scenarios[scenario].tiers(ground.dialect),
  })
}

/** What a message begins with; times, lengths and names that a driver makes up differ. */
const steady = (boundary: string): string => /^[A-Za-z]+ \S*/.exec(boundary.replace(/\d+/g, '#'))?.[0] ?? ''

/** A run that is dead may still have its lock for a moment, and the row that is the lock is written before and beside the revision. */
const withoutLocks = (lines: Lines): Lines =>
  Object.fromEntries(
    Object.entries(lines)
      .filter(([name]) => !name.includes('migrate_lock'))
      .map(([name, each]) => [
        name,
        each.filter((line) => !line.startsWith('lock ') && !line.includes('migrate_lock')),
      ]),
  )

const none = (lines: readonly string[]): boolean => lines.length === 0

function pointsOf(ground: Ground, boundaries: number, boundariesOnly: boolean): readonly Strike[] {
  const numbers = Array.from({ length: boundaries }, (_, at) => at + 1)
  // SQLite runs in the process: between a statement that has ended and the next one nothing happens.
  if (ground.dialect === 'sqlite' || boundariesOnly)
    return [
      ...numbers.map((at) => ({ at, when: 'before' as const })),
      ...(boundaries > 0 ? [{ at: boundaries, when: 'sent' as const }] : []),
    ]
  return numbers.flatMap((at) => [
    { at, when: 'before' as const },
    { at, when: 'sent' as const },
  ])
}

/**
 * Kills a run at every boundary between it and the database, each time from the state before the revision, runs it again and
 * compares everything there is with what an undisturbed run has left.
 */
export async function killMatrix(options: MatrixOptions): Promise<Figures> {
  const processes = await processesFor(options.ground.dialect)
  try {
    return await killed(options, processes)
  } finally {
    processes.close()
  }
}

async function killed(options: MatrixOptions, processes: Processes): Promise<Figures> {
  const { ground, scenario, legs, everyLeg, everyPoint, whole } = options
  const migrator = migratorOn(ground, scenario)
  const figures = {
    legs: 0,
    boundaries: 0,
    intended: 0,
    kills: 0,
    old: 0,
    new: 0,
    parts: 0,
    questions: 0,
    wrong: [] as string[],
  }
  const go = (leg: Leg, more: RunOptions = {}): Promise<unknown> => {
    const run = { ...more, ...(leg.tier === undefined ? {} : { tier: leg.tier }) }
    return leg.direction === 'up' ? migrator.upgrade(leg.target, run) : migrator.downgrade(leg.target, run)
  }
  for (const [number, leg] of legs.entries()) {
    await leg.given?.(ground)
    if (number % everyLeg !== everyLeg >> 1) {
      await go(leg)
      continue
    }
    figures.legs += 1
    const base = await ground.save()
    const before = await ground.inspect()
    const job: Job = {
      scenario,
      dialect: ground.dialect,
      url: ground.url,
      direction: leg.direction,
      target: leg.target,
      ...(leg.tier === undefined ? {} : { tier: leg.tier }),
      ...(options.journalMode === undefined ? {} : { journalMode: options.journalMode }),
    }
    const quiet = await processes.run(job)
    if (quiet.answer === undefined || quiet.answer.failure !== undefined)
      throw new Error(`${leg.name} fails without being disturbed: ${JSON.stringify(quiet.answer?.failure ?? quiet)}`)
    const { boundaries } = quiet.answer
    const after = await ground.inspect()
    if (none(differences(before.lasting, after.lasting))) throw new Error(`${leg.name} changes nothing`)
    const head = options.onToHead === true && leg.direction === 'up' ? await headOf(ground, migrator) : undefined
    const all = pointsOf(ground, boundaries.length, options.boundariesOnly === true)
    // The last one always: everything is done then, and its end was not observed.
    const points = all.filter((_, at) => at === all.length - 1 || at % everyPoint === everyPoint >> 1)
    figures.boundaries += boundaries.length
    figures.intended += points.length
    /** Drivers put messages together as time allows, so that numbers may move by one: it is tried again where another one was hit. */
    const struckAt = async (strike: Strike, boundary: string): Promise<Ended> => {
      for (let round = 1; ; round += 1) {
        await ground.restore(base)
        const ended = await processes.run({ ...job, strike })
        if (round === 4 || steady(ended.struckAt ?? '') === steady(boundary)) return ended
      }
    }
    for (const strike of points) {
      const engine = `${leg.direction} ${leg.name}, ${strike.when} ${strike.at} of ${boundaries.length}: ${boundaries[strike.at - 1]}`
      const ended = await struckAt(strike, boundaries[strike.at - 1] ?? '')
      if (ended.signal !== 'SIGKILL' || ended.struckAt === undefined) {
        figures.wrong.push(`${engine}: was not killed there: ${JSON.stringify(ended)}`)
        continue
      }
      figures.kills += 1
      const left = withoutLocks((await ground.inspect()).lasting)
      const isOld = sameData(before.lasting, left)
      const isNew = !isOld && sameData(after.lasting, left)
      if (isOld) figures.old += 1
      else if (isNew) figures.new += 1
      else {
        figures.parts += 1
        if (whole(leg))
          figures.wrong.push(
            `${engine}: half of it stands: ${differences(before.lasting, left).slice(0, 3).join('; ')}`,
          )
      }
      const rerun = await failureOf(go(leg))
      if (
        options.ran !== undefined &&
        isMigrateError(rerun, 'REVISION_INTERRUPTED') &&
        rerun.details.part !== undefined
      ) {
        figures.questions += 1
        const { part } = rerun.details
        const applied = await options.ran(ground, part)
        const resumed = await failureOf(go(leg, { assume: { part, applied } }))
        if (resumed !== undefined) figures.wrong.push(`${engine}: resuming as a person said failed: ${String(resumed)}`)
      } else if (rerun !== undefined) figures.wrong.push(`${engine}: running again failed: ${String(rerun)}`)
      const actual = (await ground.inspect()).lasting
      // A run that finds nothing to do writes nothing, also not that the one before it is gone.
      const wrong = isNew
        ? differences(withoutLocks(after.lasting), withoutLocks(actual))
        : differences(after.lasting, actual)
      if (!none(wrong)) figures.wrong.push(`${engine}: ${wrong.slice(0, 5).join('; ')}`)
      if (head === undefined || strike !== points.at(-1)) continue
      await migrator.upgrade()
      const wrongAtHead = differences(head, (await ground.inspect()).lasting)
      if (!none(wrongAtHead)) figures.wrong.push(`${engine}, and on to head: ${wrongAtHead.slice(0, 5).join('; ')}`)
    }
    // On from where an undisturbed run ends.
    await ground.restore(base)
    await go(leg)
    await base.forget()
  }
  return figures
}

/** What a run throws. */
function failureOf(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Files beside a database file (a journal that is hot) are part of what the next run finds. */
function sameData(expected: Lines, actual: Lines): boolean {
  const { files: _expected, ...one } = withoutLocks(expected)
  const { files: _actual, ...other } = actual
  return none(differences(one, other))
}

async function headOf(ground: Ground, migrator: Migrator): Promise<Lines> {
  await migrator.upgrade()
  return (await ground.inspect()).lasting
}
