// Revisions of DDL, from their files to the last commit, typed and in SQL.
import { writeFileSync } from 'node:fs'
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { roundTripsOf } from '../kit/observe.mjs'
import { commands, installPeers, libraries, peerCommand } from '../kit/peers.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { configuration, idOf, rawDdl, revisionFiles } from '../kit/revisions.mjs'

/** A database that is in use already: there each revision is a transaction of its own. */
const inUse = ['CREATE TABLE guest (id INTEGER PRIMARY KEY, name VARCHAR(255) NOT NULL)']

const aims = {
  typed: { sqlite: 1.4, postgres: 1.3, mysql: 1.5 },
  SQL: { sqlite: 1.3, postgres: 1.3, mysql: 1.3 },
  keyed: { sqlite: 1.4, postgres: 1.3, mysql: 1.5 },
}

/** The rows of our own bookkeeping, as a run has written them, for the floor to write the same texts. */
function recorded(database, { count, kind }) {
  const rows = database.run(['SELECT * FROM migrate_history ORDER BY id'])
  if (rows.length !== count) throw new Error(`${rows.length} rows of history instead of ${count}`)
  return rows.map((row, at) => ({
    ddl: rawDdl(at, kind),
    row: Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]),
    ),
  }))
}

function tablesOfFloor({ row }) {
  const columns = Object.keys(row).map((name) => (name === 'id' ? 'id INTEGER PRIMARY KEY' : `${name} TEXT`))
  return [
    'CREATE TABLE migrate_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)',
    "INSERT INTO migrate_version VALUES ('none')",
    `CREATE TABLE migrate_history (${columns.join(', ')})`,
  ]
}

function applied({ server, count, kind, one = false, aim, peers = [] }, pairs) {
  return withDatabase(server, (database) => {
    const project = makeProject({ ...revisionFiles(count, kind), 'migrate.config.ts': configuration(database.url) })
    const before = one ? [] : inUse
    const command = project.migrate('upgrade', '--quiet')
    const recreate = () => database.recreate(before)
    recreate()
    runNode(command)
    const revisions = recorded(database, { count, kind })
    const file = project.at('floor.json')
    writeFileSync(file, JSON.stringify({ one, revisions }))
    const check = () => {
      const [{ version_num: version }] = database.run(['SELECT version_num FROM migrate_version'])
      if (version !== idOf(count - 1)) throw new Error(`ended at ${version}`)
    }
    const least = { args: [floor('apply'), database.url, file] }
    const prepareLeast = () => database.recreate([...before, ...tablesOfFloor(revisions[0])])
    const name = `apply ${count.toLocaleString('en-US')} ${kind} revisions${one ? ', one transaction' : ''}, ${server.name}`
    const otherTools = peers.map((peer) => ({
      name: `apply ${count}: ${peer.name}, ${server.name}`,
      prepare: recreate,
      command: peerCommand(peer, count, database),
    }))
    const [measured, ...theirs] = inTurn({
      pairs,
      floor: { name: 'floor', prepare: prepareLeast, check, command: least },
      subjects: [{ name, aim: aim ?? aims[kind][database.dialect], prepare: recreate, check, command }, ...otherTools],
    })
    if (server.url === undefined || peers.length > 0) return [measured, ...theirs]
    prepareLeast()
    const trips = roundTripsOf(least)
    recreate()
    return [{ ...measured, note: `round trips ${trips}, ${roundTripsOf(command)}` }]
  })
}

const kinds = /** @type {const} */ (['typed', 'SQL'])

export function apply(pairs, server) {
  const rows = kinds.flatMap((kind) => [200, 1_000].flatMap((count) => applied({ server, count, kind }, pairs)))
  const empty = server.url === undefined ? applied({ server, count: 200, kind: 'typed', one: true, aim: 2 }, pairs) : []
  return [...rows, ...empty]
}

/** The ratio at the largest size is at most a tenth above that at the smallest. */
export function growth(pairs, server) {
  const isMysql = server.url !== undefined && !server.url.startsWith('postgres')
  const counts = [500, 1_000, 2_000, 4_000, ...(isMysql ? [] : [10_000])]
  return [...kinds, /** @type {const} */ ('keyed')].flatMap((kind) =>
    counts.flatMap((count) => applied({ server, count, kind }, pairs)),
  )
}

/** 200 revisions by other tools, beside the same floor and ours. */
export function applyOfPeers(pairs, server) {
  installPeers()
  return applied({ server, count: 200, kind: 'SQL', peers: [...libraries, ...commands] }, pairs)
}
