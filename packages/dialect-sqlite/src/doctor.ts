import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { counted, type Finding, type Row, type Session } from '@org/migrate-core/dialect'
import { rebuiltPrefix } from './compile/rebuild.ts'
import type { DriverChoice } from './connection/drivers/names.ts'
import { faultOf, messageOf } from './sql/faults.ts'

/** More of them say no more. */
const most = 5

function isWritable(location: string): boolean {
  try {
    accessSync(location, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function fileFindings(file: string): readonly Finding[] {
  const folder = path.dirname(file)
  if (!existsSync(file)) {
    const what = `There is no ${file} yet; the first upgrade makes it.`
    return [{ level: 'ok', about: 'file', what }]
  }
  const fileFinding: Finding = isWritable(file)
    ? { level: 'ok', about: 'file', what: 'The file may be written.' }
    : {
        level: 'problem',
        about: 'file',
        what: `${file} may not be written by this user.`,
        next: 'Give this user the right to write it, or migrate as the user it belongs to.',
      }
  const folderFinding: Finding = isWritable(folder)
    ? { level: 'ok', about: 'folder', what: 'Its folder may be written.' }
    : {
        level: 'warning',
        about: 'folder',
        what: `${folder} may not be written by this user: SQLite puts its journal there, and runs the file of their lock.`,
        next: 'Give this user the right to write the folder.',
      }
  return [fileFinding, folderFinding, ...sidecarFindings(file)]
}

/** Above it another process has kept the file open, reading, for a long time. */
const largeWal = 64 * 1024 * 1024

function sidecarFindings(file: string): readonly Finding[] {
  const size = (name: string): number => statSync(name, { throwIfNoEntry: false })?.size ?? 0
  const findings: Finding[] = []
  const wal = size(`${file}-wal`)
  if (wal > 0) {
    findings.push({
      level: wal > largeWal ? 'warning' : 'ok',
      about: 'write-ahead log',
      what: `${file}-wal holds ${wal.toLocaleString('en-US')} bytes that are part of the database.`,
      next: 'Copy the database with `migrate upgrade --backup` or the shell’s .backup, never the file alone.',
    })
  }
  if (size(`${file}-journal`) > 0) {
    findings.push({
      level: 'warning',
      about: 'journal',
      what: `${file}-journal exists: another process is writing.`,
      next: 'Leave it where it is: without it a transaction that is broken off cannot be rolled back.',
    })
  }
  return findings
}

function textOf(row: Row): string {
  return String(Object.values(row)[0])
}

/** On some damage the check itself ends with SQLITE_CORRUPT, behind its lines or before the first. */
async function quickCheck(session: Session): Promise<readonly string[]> {
  try {
    return (await session.query(`PRAGMA quick_check(${most})`)).map(textOf)
  } catch (error) {
    if (faultOf(error) !== 'corrupt') throw error
    return [messageOf(error)]
  }
}

/** How findings name a database, and what they advise. */
export interface ContentsAdvice {
  readonly subject: string
  readonly repair: Required<Pick<Finding, 'next'>>
  readonly orphans: Required<Pick<Finding, 'next'>>
}

const fileAdvice: ContentsAdvice = {
  subject: 'The file',
  repair: { next: 'Restore a backup, or save what can be read with the shell’s .recover.' },
  orphans: {
    next: 'Correct or delete them: a rebuild leaves them as they are, but a new foreign key over them fails.',
  },
}

async function integrity(session: Session, { subject, repair }: ContentsAdvice): Promise<readonly Finding[]> {
  const problems = await quickCheck(session)
  if (problems.length === 1 && problems[0] === 'ok')
    return [{ level: 'ok', about: 'integrity', what: `${subject} is whole.` }]
  return [
    {
      level: 'problem',
      about: 'integrity',
      what: `${subject} is damaged: ${problems.join('; ')}`,
      ...repair,
    },
  ]
}

async function foreignKeys(session: Session, { orphans }: ContentsAdvice): Promise<readonly Finding[]> {
  const rows = await session.query('SELECT "table", parent, COUNT(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2')
  if (rows.length === 0) return [{ level: 'ok', about: 'foreign keys', what: 'Every reference leads to a row.' }]
  return rows.map((row) => ({
    level: 'warning',
    about: 'foreign keys',
    what: `${counted(Number(row.n), 'row')} of ${row.table} ${Number(row.n) === 1 ? 'refers' : 'refer'} to rows of ${row.parent} that are not there.`,
    ...orphans,
  }))
}

async function leftoverFindings(session: Session): Promise<readonly Finding[]> {
  const rows = await session.query(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY name`,
    [`${rebuiltPrefix}*`],
  )
  return rows.map(({ name }) => ({
    level: 'warning',
    about: 'left-over table',
    what: `${name} has the name of a table in the middle of a rebuild, which no run of ours leaves behind.`,
    next: 'See what is in it; drop it where its rows are in the table itself too.',
  }))
}

function journalMode(mode: string): Finding {
  const readers =
    mode === 'wal' ? 'readers continue while a revision runs' : 'readers wait while a revision is committed'
  return { level: 'ok', about: 'journal mode', what: `The journal mode is ${mode}: ${readers}.` }
}

/** `hasFile`: without a file the session reads an empty database in memory, whose journal says nothing of the one to come. */
async function settings(session: Session, hasFile: boolean): Promise<readonly Finding[]> {
  const [version] = await session.query('SELECT sqlite_version() AS v')
  const [mode] = await session.query('PRAGMA journal_mode')
  const [encoding] = await session.query('PRAGMA encoding')
  const text = encoding === undefined ? '' : textOf(encoding)
  return [
    { level: 'ok', about: 'version', what: `SQLite ${version?.v}, which comes with the driver.` },
    ...(hasFile ? [journalMode(mode === undefined ? 'unknown' : textOf(mode))] : []),
    ...(text === 'UTF-8'
      ? []
      : [
          {
            level: 'warning' as const,
            about: 'encoding',
            what: `The file keeps its texts as ${text}; other tools may expect UTF-8.`,
            next: 'Nothing has to be done as long as other tools read it.',
          },
        ]),
  ]
}

/** What is wrong with the rows and the tables. */
export async function contents(session: Session, advice: ContentsAdvice = fileAdvice): Promise<readonly Finding[]> {
  const whole = await integrity(session, advice)
  // The rows of a damaged file cannot all be read.
  if (whole.some(({ level }) => level === 'problem')) return whole
  return [...whole, ...(await foreignKeys(session, advice)), ...(await leftoverFindings(session))]
}

/** An installed driver that comes first and was not taken. */
function driverFindings({ name, warning }: DriverChoice): readonly Finding[] {
  if (warning === undefined) return []
  const what = `${name} is used: ${warning}.`
  return [{ level: 'warning', about: 'driver', what, next: 'Install it again for this Node, or uninstall it.' }]
}

/** What could go wrong on this file. Nothing is written. */
export async function examine(database: string, session: Session, driver: DriverChoice): Promise<readonly Finding[]> {
  const isMemory = database === ':memory:'
  const hasFile = !isMemory && existsSync(database)
  return [
    ...driverFindings(driver),
    ...(isMemory ? [] : fileFindings(database)),
    ...(await settings(session, hasFile)),
    // Of a file that is still to be made there is nothing to say.
    ...(hasFile || isMemory ? await contents(session) : []),
  ]
}
