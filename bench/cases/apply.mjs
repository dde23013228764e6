// 200 revisions of DDL, from their TypeScript files to the last commit.
import { writeFileSync } from 'node:fs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { createDatabase, Database, floor, makeProject } from '../kit/project.mjs'
import { idOf, rawDdl, revisionFiles } from '../kit/revisions.mjs'

const count = 200

/** A database that is in use already: there each revision is a transaction of its own. */
function inUse(/** @type {string} */ path) {
  const db = new Database(path)
  db.exec('CREATE TABLE guest (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  db.close()
}

/** The rows of our own bookkeeping, as a run has written them, for the floor to write the same. */
function script(/** @type {string} */ migrated, /** @type {boolean} */ one) {
  const db = new Database(migrated, { readonly: true })
  const rows = db.prepare('SELECT * FROM migrate_history ORDER BY id').all()
  const tables = db.prepare("SELECT sql FROM sqlite_master WHERE name IN ('migrate_version', 'migrate_history')").all()
  const created = db
    .prepare("SELECT count(*) AS n FROM sqlite_master WHERE sql IS NOT NULL AND name LIKE 'item%'")
    .get().n
  db.close()
  const revisions = rows.map((row, at) => ({ ddl: rawDdl(at), row }))
  if (rows.length !== count || created !== (count * 3) / 2) throw new Error(`${rows.length} rows, ${created} objects`)
  return JSON.stringify({ one, tables: tables.map(({ sql }) => sql), revisions })
}

/** @param {{ where: string, from: string | undefined, one: boolean, aim?: string }} what */
function applied({ where, from, one, aim }, /** @type {number} */ pairs) {
  const project = makeProject(revisionFiles(count))
  const template = from === undefined ? undefined : project.at(from)
  if (template !== undefined) inUse(template)
  const recreate = () => createDatabase(project.database, template)
  recreate()
  runNode(project.migrate('upgrade', '--quiet'))
  writeFileSync(project.at('floor.json'), script(project.database, one))
  const check = () => {
    const db = new Database(project.database, { readonly: true })
    const { version_num: version } = db.prepare('SELECT version_num FROM migrate_version').get()
    db.close()
    if (version !== idOf(count - 1)) throw new Error(`ended at ${version}`)
  }
  const command = project.migrate('upgrade', '--quiet')
  const subject = { ...(aim === undefined ? {} : { aim }), command, check }
  const cold = {
    ...subject,
    name: `apply ${count} revisions, ${where}, compiled each time`,
    prepare: () => {
      recreate()
      project.emptyCache()
    },
  }
  return inTurn({
    pairs,
    floor: {
      name: 'floor',
      prepare: recreate,
      check,
      command: { args: [floor('apply'), project.database, project.at('floor.json')] },
    },
    subjects: [
      ...(one ? [] : [cold]),
      { ...subject, name: `apply ${count} revisions, ${where}, compiled before`, prepare: recreate },
    ],
  })
}

export function apply(/** @type {number} */ pairs) {
  return applied({ where: 'database in use', from: 'in-use.db', one: false, aim: '<= 1.15x' }, pairs)
}

/** Without the syncs of 200 commits: what is left is processor time, so that it shows what the disk hides above. */
export function applyEmpty(/** @type {number} */ pairs) {
  return applied({ where: 'empty database', from: undefined, one: true }, pairs)
}
