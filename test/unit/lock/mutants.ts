import type { Mutant } from '../../kit/mutants/mutant.ts'

const lock = 'packages/core/src/lock'
const second = ['test/unit/journal/run-lock.test.ts', 'keeps a second run out, which says who holds it'] as const
const refused = ['test/unit/lock/fence.test.ts', 'is refused, and rolled back, once the lock was taken away'] as const
const freedLock = [
  'test/unit/lock/fence.test.ts',
  'is held in a row without an owner after every end of a run',
] as const
const left = ['test/unit/lock/fence.test.ts', 'says who left the lock behind, and takes it over at once'] as const
const renewed = ['test/unit/lock/lease.test.ts', 'is renewed for as long as the run takes'] as const
const taken = ['test/unit/lock/waiting.test.ts', 'that is one transaction keeps the row'] as const

/** The lock of a run: taking it, its row, its lease, what is written under it, who is told. */
export const lockMutants: readonly Mutant[] = [
  {
    name: 'release the lock of a run when it begins',
    file: 'packages/core/src/run/with-lock.ts',
    find: 'const result = await work(session, { ...here, run: randomUUID() }, hold, signal)',
    replace:
      'await hold.release()\n      const result = await work(session, { ...here, run: randomUUID() }, hold, signal)',
    test: second,
  },
  {
    name: 'run without the lock of a run',
    file: `${lock}/hold.ts`,
    find: '((await lock.take()) ? true : undefined)',
    replace: '(await lock.take()) || true',
    test: second,
  },
  {
    name: 'wait for the lock of a run and then do what was planned before',
    file: 'packages/core/src/run/move/under-lock.ts',
    find: 'hold.exclusive ? await revalidatePlan(here, session, first, run) : first',
    replace: 'first',
    test: second,
  },
  {
    name: 'wait for the lock of a run for ever',
    file: `${lock}/wait.ts`,
    find: 'if (waitedMs >= (waiting.waitMs ?? 0)) {',
    replace: 'if (waitedMs < 0) {',
    test: second,
  },
  {
    name: 'do not report that the lock is waited for',
    file: `${lock}/wait.ts`,
    find: 'if (now - reportedAt >= reportEveryMs) {',
    replace: 'if (now < reportedAt) {',
    test: second,
  },
  {
    name: 'wait for a dead run whose session is known to have ended',
    file: `${lock}/take-row.ts`,
    find: 'if (row.leaseMs === null && !leased) return false',
    replace: 'if (row.leaseMs === null && !leased) return true',
    test: left,
  },
  {
    name: 'take a lock over and not say whose it was',
    file: `${lock}/take-row.ts`,
    find: 'if (observed.owner !== null) onTakenOver?.(observed)',
    replace: '',
    test: left,
  },
  {
    name: 'work under the epoch of the run before',
    file: `${lock}/take-row.ts`,
    find: 'const next = observed.epoch + 1n',
    replace: 'const next = observed.epoch',
    test: freedLock,
  },
  {
    name: 'leave the row of the lock behind when a run ends',
    file: `${lock}/hold.ts`,
    find: 'taken === undefined || (await taken.free())',
    replace: 'true',
    test: freedLock,
  },
  {
    name: 'not say at which revision the holder of the lock is',
    file: `${lock}/wait.ts`,
    find: "const at = row.revision === null ? ''",
    replace: "const at = row.revision !== null ? ''",
    test: refused,
  },
  {
    name: 'take the lock away and leave its epoch',
    file: `${lock}/lock-row.ts`,
    find: "const cells: Cells = [['epoch', observed.epoch + 1n], ...noOwner]",
    replace: "const cells: Cells = [['epoch', observed.epoch], ...noOwner]",
    test: refused,
  },
  {
    name: 'take the row of the run that came meanwhile for ours',
    file: `${lock}/take-row.ts`,
    find: "const where = rowWhere(location, rowIds.lock, [\n    ['owner', owner],\n    ['epoch', epoch],\n  ])",
    replace: 'const where = rowWhere(location, rowIds.lock)',
    test: refused,
  },
  {
    name: 'make the row of the lock before the one that its lease is renewed in',
    file: `${lock}/take-row.ts`,
    find: '[rowIds.beat, rowIds.lock].map((id) =>',
    replace: '[rowIds.lock, rowIds.beat].map((id) =>',
    test: ['test/unit/lock/fence.test.ts', 'is made whole by the next run where one was killed between its two rows'],
  },
  {
    name: 'record a revision without the lock',
    file: 'packages/core/src/planning/recording/record-step.ts',
    find: '[{ ...stampOf(lock), unlessOneRow: () => lock.fence.taken() }]',
    replace: '[stampOf(lock)]',
    test: refused,
  },
  {
    name: 'guess what the row of a newer lock means',
    file: `${lock}/lock-row.ts`,
    find: 'if (rowProtocol > protocol) throw newerFormat(table, Number(rowProtocol), Number(protocol))\n  if (rowProtocol !== protocol) throw',
    replace: 'if (rowProtocol < 0n) throw',
    test: ['test/unit/lock/fence.test.ts', 'of a protocol that this program does not know is not guessed at'],
  },
  {
    name: 'count no renewal of a lease',
    file: `${lock}/lease.ts`,
    find: 'if ((await row.isOwned(session)) && changes === 1) renewed = requestedAt',
    replace: 'if ((await row.isOwned(session)) && changes === 1) renewed += 0',
    test: renewed,
  },
  {
    name: 'continue when a lease could not be renewed',
    file: `${lock}/lease.ts`,
    find: 'if (!patient && overdue()) tooLate()',
    replace: '',
    test: ['test/unit/lock/lease.test.ts', 'that cannot be renewed ends the run before it runs out'],
  },
  {
    name: 'take a lease that is alive for one that is over',
    file: 'packages/core/src/history/lock-report.ts',
    find: 'if (row.leaseMs !== null && row.nowMs - row.renewedMs <= row.leaseMs) {',
    replace: 'if (row.leaseMs === null) {',
    test: renewed,
  },
  {
    name: 'take a lock away and not say that its session keeps the row',
    file: 'packages/core/src/history/take-lock-away.ts',
    find: "if (dialect.errors.kindOf(cause) !== 'busy') throw cause",
    replace: 'throw cause',
    test: taken,
  },
  {
    name: 'hang where a session keeps the row of the lock',
    file: 'packages/core/src/history/take-lock-away.ts',
    find: 'await session.limit?.({ lockMs: longestWaitMs })',
    replace: '',
    test: taken,
  },
  {
    name: 'not say that nothing was changed by a run that was stopped while it waited',
    file: 'packages/core/src/run/observe-run.ts',
    find: 'throw isAbort(error, options.signal) ? abortedError(error) : error',
    replace: 'throw error',
    test: ['test/unit/lock/waiting.test.ts', 'that waits for the lock stops when it is told to'],
  },
]
