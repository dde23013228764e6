/**
 * Every count of the tests: random cases, rows, kills, rounds. `TEST_SCALE=long` gives the full figure, an ordinary run a
 * fifth of it, or `quick` where an ordinary run has a figure of its own.
 */
export const longRun = process.env.TEST_SCALE === 'long'

/** What a developer waits for: what is alike on several databases is tried on one of them. */
export const isLoop = process.env.TEST_SCALE === 'loop'

export function scale(figures: { readonly full: number; readonly quick?: number }): number {
  return longRun ? figures.full : (figures.quick ?? Math.ceil(figures.full / 5))
}

/** On drizzle-orm 1.0 an ordinary run takes fewer still: what the two versions have alike is tried on 0.45. */
const everyOn1 = (every: number, more: number): number => (process.env.TEST_DRIZZLE === '1.0' ? more : every)

/** Of what is listed, the first of each kind and each n-th: where an ordinary run takes a sample, and `every` is 1 in the long run. */
export function sampleOf<T>(all: readonly T[], every: number, kindOf: (one: T) => string): readonly T[] {
  const kinds = new Set<string>()
  return all.filter((one, at) => {
    const isFirst = !kinds.has(kindOf(one))
    kinds.add(kindOf(one))
    return isFirst || at % every === 0
  })
}

export const counts = {
  /** Moments at which each command is stopped, on each database. */
  stoppedMoments: scale({ full: 12, quick: 1 }),
  /** Of the commands that are stopped, each n-th on a server. All are on SQLite. */
  stoppedCommandEvery: longRun ? 1 : 6,
  /** Of the statements of a call, each n-th before which it is stopped: of a file, and of a server, which is slower to make a database. */
  stoppedStatementEvery: { sqlite: longRun ? 1 : 2, server: longRun ? 1 : 11 },
  /** Kills of a run over a fleet of files. */
  killedFleets: scale({ full: 200, quick: 3 }),
  /** Members of a fleet whose workers are killed, and how often. */
  queuedMembers: scale({ full: 600, quick: 40 }),
  killedWorkers: scale({ full: 200, quick: 8 }),
  /** Good members of a fleet, among bad ones. */
  fleetMembers: scale({ full: 500, quick: 4 }),
  /** Random names of the schemas of a fleet, and of its databases. */
  hostileMembers: scale({ full: 150, quick: 12 }),
  /** Files of a fleet whose run is measured. */
  fleetFiles: scale({ full: 10_000, quick: 200 }),
  /** Random rebuilds that really copied a table. */
  randomRebuilds: scale({ full: 10_000, quick: 150 }),
  /** Random tables that are rebuilt with those that refer to them, foreign keys on. */
  randomFamilies: scale({ full: 500, quick: 60 }),
  /** The same on the engine of D1. */
  randomFamiliesOnD1: scale({ full: 500, quick: 8 }),
  /** Rows of a table that is rebuilt with its children, foreign keys on. */
  familyRows: scale({ full: 100_000, quick: 5_000 }),
  /** Random tables that are changed in place by one version of SQLite and rebuilt by another. */
  nativeChanges: scale({ full: 2_000, quick: 60 }),
  /** Random tables whose groups of changes are made together and one by one. */
  mergedGroups: scale({ full: 10_000, quick: 60 }),
  /** Random tables of each server whose key takes the place of another, with what its columns need for it. */
  mergedKeys: scale({ full: 400, quick: 12 }),
  /** Rows of the big table that is rebuilt in key ranges. */
  bigTableRows: scale({ full: 1_000_000, quick: 100_000 }),
  /** Bytes of the one big value that a rebuild carries over. */
  bigBlobBytes: scale({ full: 100 * 1024 * 1024, quick: 8 * 1024 * 1024 }),
  /** Random checks and views of SQLite that are renamed in. */
  randomRenames: scale({ full: 20_000, quick: 300 }),
  /** Random operations of each kind for the laws of the fold. */
  operationLaws: scale({ full: 2_000, quick: 400 }),
  /** Random chains of revisions that go up, down and up again. */
  randomChains: scale({ full: 200, quick: 10 }),
  /** Databases of each kind that live through random revisions, stops and writes. */
  lives: scale({ full: 100, quick: 4 }),
  /** The same with settings as installations have them, reached by another driver or client each time. */
  installedLives: scale({ full: 40, quick: 1 }),
  /** Projects whose commands follow each other at random, on each kind of database. */
  projectLives: scale({ full: 30, quick: 1 }),
  /** Databases of each kind whose odd values go up and down, each step over another driver. */
  exactWalks: scale({ full: 40, quick: 2 }),
  /** Fleets of each kind whose members live through random revisions, stops and writes. */
  fleetLives: { sqlite: scale({ full: 60, quick: 2 }), server: scale({ full: 8, quick: 1 }) },
  /** Random graphs with diamonds that are squashed, and proven equal, on each database. */
  squashedGraphs: scale({ full: 200, quick: 4 }),
  /** Random changes of columns with rows that go up, down and up again, on each database. */
  randomLosses: scale({ full: 240, quick: 12 }),
  /** Random revisions with data steps that go down, meet writes and go up again, on each database. */
  preservedRounds: scale({ full: 120, quick: 2 }),
  /** Random operations of each kind that are written into revisions and recorded from them. */
  renderedOperations: scale({ full: 2_000, quick: 150 }),
  /** Random models that each server is given and asked for again. */
  randomModels: scale({ full: 500 }),
  /** Random models that each server makes in a shadow database and in a database. */
  materialisedModels: scale({ full: 200, quick: 8 }),
  /** Random pairs of schemas that a generated revision leads between, there and back, on each server. */
  randomPairs: scale({ full: 300, quick: 60 }),
  /** What is bound to happen to the schema of a random pair. */
  mutationsOfPair: longRun ? 2 : 4,
  /** An ordinary run takes of the random models and pairs those in which something happens that no one before had, and these. */
  firstOfRandom: longRun ? Number.POSITIVE_INFINITY : 3,
  /** Of the steps of Open WebUI's chain on each server, each n-th goes down and up again. */
  returningStepEvery: longRun ? 1 : 8,
  /** Of the schemas that drizzle-kit judges, each n-th. */
  judgedSchemaEvery: longRun ? 1 : 8,
  /** Random pairs of schemas with policies, on each release of PostgreSQL. */
  policyPairs: scale({ full: 300, quick: 2 }),
  /** Random pairs of schemas whose objects are renamed and moved, on each release of PostgreSQL. */
  movePairs: scale({ full: 300, quick: 2 }),
  /** Random pairs of views with options, on MariaDB and on MySQL. */
  viewPairs: scale({ full: 300, quick: 2 }),
  /** Of the words of Drizzle's builders, each n-th is declared, checked and made on each server. */
  builderWordEvery: longRun ? 1 : everyOn1(20, 40),
  /** Of the cases of autogenerate, each n-th and the first of each row of the grid is run on PostgreSQL and on MariaDB. */
  autogenerateCaseEvery: longRun ? 1 : everyOn1(10, 60),
  /** Of the cases of autogenerate, each n-th is run on the next release of PostgreSQL too, and all that only it knows. */
  caseOnNextEvery: longRun ? 1 : 48,
  /** Of those that MariaDB and MySQL answer alike, each n-th is run on MySQL too. */
  caseOnMysqlEvery: longRun ? 1 : everyOn1(16, 60),
  /** Of the cases of the operations and of the names, each n-th and the first of each kind is run on a server. All run on SQLite. */
  conformanceCaseEvery: longRun ? 1 : 10,
  /** The same on the second server of a dialect, without the first of each kind, and with all that only it knows. */
  conformanceCaseOnSecondEvery: longRun ? 1 : 24,
  /** Of the cases of the operations, each n-th is watched by another session of PostgreSQL: who waits for its tables. */
  blockedCaseEvery: longRun ? 1 : 30,
  /** Hostile configurations, headers, rows of bookkeeping, plans, URLs and targets, given to the code itself. */
  hostileInputs: scale({ full: 10_000, quick: 600 }),
  /** Random texts of tables for the reader of SHOW CREATE TABLE. */
  hostileTexts: scale({ full: 100_000, quick: 1_000 }),
  /** Hostile files, variables and arguments, given to the command line. */
  hostileCommands: scale({ full: 200, quick: 16 }),
  /** Of the cases of what PostgreSQL creates again, and of what it refuses to, each n-th is run on the next release too. */
  recreatedCaseOnNextEvery: longRun ? 1 : 8,
  /** Random schemas of PostgreSQL whose objects are dropped and created again, and compared with their dump. */
  recreatedSchemas: scale({ full: 100, quick: 4 }),
  /** Random schemas of MySQL, of MariaDB and of SQLite that are changed and changed back, and compared with what the server shows. */
  recreatedObjects: scale({ full: 250, quick: 6 }),
  /** How often each of the processes that race for one lock file takes it. */
  lockRounds: scale({ full: 200, quick: 25 }),
  /** Kills of a process that takes and releases a lock file without end. */
  lockKills: scale({ full: 100, quick: 5 }),
  /** Of the statements of a run that commits more than once, each n-th meets a fault. */
  faultEvery: longRun ? 1 : 15,
  /** Of the cases of the operations, each n-th is also run as a script by the server's own client. */
  scriptedCaseEvery: longRun ? 1 : 13,
  /** Of the boundaries between a run and its database, each n-th is where it is killed; of a long chain, in each n-th revision. */
  killEvery: longRun ? 1 : 48,
  killedLegEvery: longRun ? 1 : 20,
  /** The downgrade through the whole chain: each n-th revision. */
  killedLegBackEvery: longRun ? 5 : 20,
  /** Kills at random moments inside statements, on each server. */
  randomKills: scale({ full: 120, quick: 2 }),
  /** Messages of a server at which the connection of a run is reset; the full figure is more than there are. */
  resetPoints: scale({ full: 10_000, quick: 2 }),
  /** Idle connections of a service that are killed right before they are used. */
  killedIdle: scale({ full: 200, quick: 5 }),
  /** Rounds of eight runs at once on the nodes of a Galera cluster. */
  galeraStampedes: scale({ full: 10, quick: 3 }),
  /** Rounds of eight runs at once through a pooler. */
  poolerStampedes: scale({ full: 10, quick: 2 }),
  /** Rounds of instances that start at once, by how many they are. */
  stampedesOf8: scale({ full: 10, quick: 1 }),
  stampedesOf32: scale({ full: 10, quick: 0 }),
  stampedesOf64: scale({ full: 1, quick: 0 }),
} as const
