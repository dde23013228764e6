import type { Mutant } from './mutant.ts'

const execute = 'packages/core/src/execute'
const failure = 'test/execute/failure.test.ts'
const planning = 'test/execute/planning.test.ts'
const concurrent = 'test/execute/concurrent.test.ts'
const steps = 'test/execute/data-steps.test.ts'
const kept = 'test/execute/kept.test.ts'

/** Running a plan: its transactions, the bookkeeping, the data steps. */
export const executeMutants: readonly Mutant[] = [
  {
    name: 'run by the plan without reading the history again under the lock',
    file: `${execute}/settle-step.ts`,
    find: 'if (sameRows(expected, found)) return proven(step)',
    replace: 'return proven(step)',
    test: [concurrent, 'two migrators in one process'],
  },
  {
    name: 'believe the schema that was seen before the lock',
    file: `${execute}/settle-step.ts`,
    find: 'const moved = token === undefined || token !== standing.token',
    replace: 'const moved = token === null',
    test: [concurrent, 'two migrators in one process'],
  },
  {
    name: 'commit a revision that failed',
    file: `${execute}/executor.ts`,
    find: '  try {\n    await scope.rollback()\n  } catch',
    replace: '  try {\n    await scope.commit()\n  } catch',
    test: [failure, 'a revision that fails in its third statement leaves schema, data and version as before'],
  },
  {
    name: 'swallow the error of a commit',
    file: `${execute}/executor.ts`,
    find: 'await open.commit()',
    replace: 'await open.commit().catch(() => undefined)',
    test: [failure, 'a swallowed COMMIT would be seen'],
  },
  {
    name: 'commit each revision of a run that is one transaction',
    file: `${execute}/executor.ts`,
    find: 'if (!whole || at === steps.length - 1) {',
    replace: 'if (at >= 0) {',
    test: [failure, 'with a transaction per revision the finished ones stay; with one for the run nothing does'],
  },
  {
    name: 'count no rows of a bookkeeping write',
    file: `${execute}/record-step.ts`,
    find: 'if (changes === 1) continue',
    replace: 'if (changes >= 0) continue',
    test: ['test/execute/bookkeeping.test.ts', 'a version row that is gone when the revision is recorded is an error'],
  },
  {
    name: 'write no history',
    file: `${execute}/record-step.ts`,
    find: 'await session.execute(row.sql, row.params)',
    replace: '',
    test: [planning, 'an applied revision without a file: upgrade refuses, downgrade goes by the history'],
  },
  {
    name: 'run a plan that the database has left behind',
    file: `${execute}/migrator.ts`,
    find: 'if (expected !== undefined) refuseStale(expected, first.planned.plan)',
    replace: '',
    test: [planning, 'a plan is run; one that the database left behind is refused'],
  },
  {
    name: 'take another table for ours',
    file: `${execute}/look.ts`,
    find: 'if (found !== undefined) refuseForeignShape(dialect, tier.store.table, found)',
    replace: '',
    test: [planning, 'a version row that is no revision of ours is never taken for zero'],
  },
  {
    name: 'take an unknown version row for none',
    file: 'packages/core/src/plan/applied-rows.ts',
    find: 'if (revisions.length === 0) return sorted',
    replace: 'if (revisions.length >= 0) return sorted.filter((id) => graph.has(id))',
    test: ['test/graph/errors.test.ts', 'UNKNOWN_APPLIED_REVISION; a purging stamp forgets it'],
  },
  {
    name: 'see no edited file',
    file: `${execute}/edited.ts`,
    find: 'header.textHash === undefined || header.textHash === recorded.textHash',
    replace: 'header.textHash !== null',
    test: [
      'test/cli/looking.test.ts',
      'a file edited after it was applied is told by status, and refused with 3 by --strict',
    ],
  },
  {
    name: 'take the inverses in the order of the upgrade',
    file: `${execute}/prepare.ts`,
    find: 'return [...undoes]\n    .reverse()\n',
    replace: 'return [...undoes]\n',
    test: ['test/execute/inverses.test.ts', 'a derived downgrade goes from the last operation to the first'],
  },
  {
    name: 'look for no history of another tool',
    file: `${execute}/look.ts`,
    find: 'foreign ??= await findForeign(settled, session, tier, model)',
    replace: 'foreign ??= undefined',
    test: ['test/openwebui/whole-chain.test.ts', 'a database that the original has stamped is refused'],
  },
  {
    name: 'await nothing that a data step forgot',
    file: `${execute}/run-step.ts`,
    find: 'if (forgotten > 0) {',
    replace: 'if (forgotten < 0) {',
    test: [steps, 'a call that nobody awaited is an error'],
  },
  {
    name: 'wait for ever for a data step',
    file: `${execute}/run-step.ts`,
    find: 'if (idleMs < idleLimitMs) return',
    replace: 'if (idleMs >= 0) return',
    test: [steps, 'a step that never settles is an error, not a silent end of the process'],
  },
  {
    name: 'take DDL in a data step',
    file: 'packages/dialect-sqlite/src/classify.ts',
    find: "['DROP', 'ddl'],",
    replace: "['DROP', 'dml'],",
    test: [steps, 'transaction control, DDL and settings are refused in a data step'],
  },
  {
    name: 'take COMMIT in a data step',
    file: 'packages/dialect-sqlite/src/classify.ts',
    find: "['COMMIT', 'transaction'],",
    replace: "['COMMIT', 'dml'],",
    test: [steps, 'transaction control, DDL and settings are refused in a data step'],
  },
  {
    name: 'make no savepoint of db.transaction',
    file: `${execute}/step-database.ts`,
    find: 'session.savepoint(() => body(db))',
    replace: 'body(db)',
    test: [steps, 'a savepoint is rolled back when its body throws, and the step goes on'],
  },
  {
    name: 'leave db alive after its step',
    file: `${execute}/step-database.ts`,
    find: '      closed = true',
    replace: '      closed = false',
    test: [steps, 'db is dead in the step of a later revision, whose transaction it must not touch'],
  },
  {
    name: 'read wide rows by hundreds',
    file: `${execute}/kept/paging.ts`,
    find: 'if (taken > 0 && bytes > pageBytes) break',
    replace: '',
    test: [steps, 'a batch ends at 4 MiB, so wide rows come one by one'],
  },
  {
    name: 'let a later kept value replace the first',
    file: `${execute}/bookkeeping/statements.ts`,
    find: 'if (unless === undefined) return statement(insert, params)',
    replace: 'return statement(insert, params)',
    test: [kept, 'the first value that is kept of a cell stays'],
  },
  {
    name: 'restore over a value that was changed since',
    file: `${execute}/kept/restore.ts`,
    find: "!== kept.writtenHash) return 'changed'",
    replace: "=== '') return 'changed'",
    test: [kept, 'a value that was changed since stays, and the old one stays kept'],
  },
  {
    name: 'restore the oldest kept value first',
    file: `${execute}/kept/restore.ts`,
    find: 'const page = await context.kept.page(context.owner, select, options)',
    replace: 'const page = [...(await context.kept.page(context.owner, select, options))].reverse()',
    test: [kept, 'values are restored newest first'],
  },
  {
    name: 'give nothing back of what a downgrade dropped',
    file: `${execute}/executor.ts`,
    find: "if (step.direction === 'up' && running.kept.exists) {",
    replace: "if (step.direction === 'down' && running.kept.exists) {",
    test: [kept, 'what a downgrade drops comes back with the next upgrade'],
  },
  {
    name: 'drop without keeping',
    file: `${execute}/kept/downgrade.ts`,
    find: 'if (lost.has(lossName(dropped))) continue',
    replace: 'if (dropped !== undefined) continue',
    test: [kept, 'what a downgrade drops comes back with the next upgrade'],
  },
  {
    name: 'lose rows beyond the limits without a word',
    file: `${execute}/kept/losses.ts`,
    find: 'if (lost.length === 0 || allowed) return',
    replace: 'if (lost.length >= 0 || allowed) return',
    test: [kept, 'a downgrade that would drop more than is kept is refused, unless that is allowed'],
  },
  {
    name: 'keep any number of rows',
    file: `${execute}/kept/losses.ts`,
    find: 'rows > limits.maxRows',
    replace: 'rows < 0',
    test: [kept, 'a downgrade that would drop more than is kept is refused, unless that is allowed'],
  },
]
