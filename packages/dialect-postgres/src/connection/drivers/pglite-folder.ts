import { randomUUID } from 'node:crypto'
import {
  existsSync,
  linkSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { missingDatabase } from '@org/migrate-core/connection'
import { codeOf } from '../faults.ts'
import type { ConnectionRequest } from '../greeting.ts'

const lockFile = (folder: string): string => `${folder}.lock`

/** How often a holder marks its file, and after how long without a mark one that can't be seen from here counts as gone. */
const markEveryMs = 30_000
const unmarkedMs = 600_000
/** No process needs so long to take a file away. */
const takingMs = 10_000

/** Who has a folder: a line each. */
interface Holder {
  readonly pid: number
  /** Where that number means a process: absent in a file of an older version. */
  readonly location: string | undefined
  /** When the process began; empty where the system does not say it. */
  readonly start: string
}

/** One folder has one name, whatever link leads to it; what is not there yet lies in a folder that is. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? folder : join(realFolder(above), basename(folder))
  }
}

/**
 * PGlite opens a folder as often as it is asked, and two processes in one destroy it. So a process that migrates leaves who it is beside
 * the folder; one that was killed has no process any more. The file is there whole or not at all, and a dead holder's is taken away by one at
 * a time. Gives what frees the folder. Throws DATA_FOLDER_HELD.
 */
export function holdFolder(folder: string): () => void {
  const file = lockFile(folder)
  const own = [process.pid, ownLocation(), startOf(process.pid) ?? '', randomUUID()].join('\n')
  for (let isOurs = create(file, own); !isOurs; isOurs = create(file, own)) takeAway(file)
  const marking = setInterval(() => mark(file), markEveryMs).unref()
  return () => {
    clearInterval(marking)
    // After a pause without marks another process may have it.
    if (textIn(file) === own) rmSync(file, { force: true })
  }
}

/** Whether there is no folder yet. Throws DATABASE_UNREACHABLE where it is not to be made. */
export function isMissing(folder: string, { whenMissing }: Pick<ConnectionRequest, 'whenMissing'>): boolean {
  if (existsSync(folder)) return false
  if (whenMissing === 'refuse') throw missingDatabase(folder, 'there is no such folder')
  return true
}

/** A name that is given to a whole file; not every file system has links. False: the name is taken. */
function create(file: string, text: string): boolean {
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, text, { flag: 'wx' })
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!existsSync(draft)) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes the file of a dead holder away. Throws DATA_FOLDER_HELD where it lives, or another process is just taking it away. */
function takeAway(file: string): void {
  refuseLiving(file)
  const taking = `${file}.taking`
  if (sinceMarked(taking) > takingMs) rmSync(taking, { force: true })
  if (!create(taking, String(process.pid))) throw held('another process is just opening it', file)
  try {
    // It may be another one by now.
    refuseLiving(file)
    rmSync(file, { force: true })
  } finally {
    rmSync(taking, { force: true })
  }
}

function held(why: string, file: string): Error {
  return Object.assign(new Error(`${why} (${file})`), { code: 'DATA_FOLDER_HELD' })
}

function refuseLiving(file: string): void {
  const text = textIn(file)
  if (text === undefined) return
  const [pid, location, start = ''] = text.split('\n')
  const holder: Holder = { pid: Number(pid), location, start }
  if (isAlive(holder, file)) throw held(`process ${holder.pid} has it open`, file)
}

function isAlive(holder: Holder, file: string): boolean {
  const { pid, location, start } = holder
  // One without links writes its file in two steps.
  if (!Number.isSafeInteger(pid) || pid <= 0) return sinceMarked(file) < takingMs
  if (location === undefined) return pid !== process.pid && exists(pid)
  // Containers that share a folder have numbers of their own, and the first process of each is 1.
  if (location !== ownLocation()) return sinceMarked(file) < unmarkedMs
  if (!exists(pid)) return false
  // The system gives numbers again.
  const startNow = startOf(pid)
  return start === '' || startNow === undefined || start === startNow
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** This machine since its start, and on Linux what numbers its processes: https://man7.org/linux/man-pages/man7/pid_namespaces.7.html */
function ownLocation(): string {
  const boot = textIn('/proc/sys/kernel/random/boot_id')?.trim()
  try {
    return boot === undefined ? hostname() : `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** `starttime` of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name of the program may hold spaces and parentheses. */
function startOf(pid: number): string | undefined {
  const stat = textIn(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function mark(file: string): void {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // It was taken away, or the folder is gone.
  }
}

function sinceMarked(file: string): number {
  const marked = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  return marked === undefined ? 0 : Date.now() - marked
}
