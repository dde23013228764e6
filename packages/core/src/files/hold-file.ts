import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf } from '../errors/thrown-value.ts'

/** How often a holder marks its file, and after how long without a mark one that can't be seen from here counts as gone. */
const markEveryMs = 30_000
const unmarkedMs = 600_000
/** No process needs so long to take a file away. */
const takingMs = 10_000

/**
 * Holds a file for this process, as a sign to others that it works on something: a process that was killed holds nothing. The file is
 * there whole or not at all, and a dead holder's is taken away by one at a time. Gives what frees it, or the number of the process that
 * has it: 0 where that is not known yet. Throws what writing the file throws.
 */
export function holdFile(file: string): (() => void) | number {
  const own = [process.pid, ownLocation(), startOf(process.pid) ?? '', randomUUID()].join('\n')
  while (!create(file, own)) {
    const holder = takeAway(file)
    if (holder !== undefined) return holder
  }
  const marking = setInterval(() => mark(file), markEveryMs).unref()
  return () => {
    clearInterval(marking)
    // After a pause without marks another process may have it.
    if (textIn(file) === own) rmSync(file, { force: true })
  }
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

/** Takes the file of a dead holder away. Gives the number of the process that has it, 0 where another one is just taking it away. */
function takeAway(file: string): number | undefined {
  const holder = livingHolder(file)
  if (holder !== undefined) return holder
  const taking = `${file}.taking`
  if (sinceMarked(taking) > takingMs) rmSync(taking, { force: true })
  if (!create(taking, String(process.pid))) return 0
  try {
    // It may be another one by now.
    const later = livingHolder(file)
    if (later === undefined) rmSync(file, { force: true })
    return later
  } finally {
    rmSync(taking, { force: true })
  }
}

function livingHolder(file: string): number | undefined {
  const text = textIn(file)
  if (text === undefined) return undefined
  const [number, location, start = ''] = text.split('\n')
  const pid = Number(number)
  // One without links writes its file in two steps.
  if (!Number.isSafeInteger(pid) || pid <= 0) return sinceMarked(file) < takingMs ? 0 : undefined
  // Containers that share a folder have numbers of their own, and the first process of each is 1.
  if (location !== ownLocation()) return sinceMarked(file) < unmarkedMs ? pid : undefined
  if (!exists(pid)) return undefined
  // The system gives numbers again.
  const startNow = startOf(pid)
  return start === '' || startNow === undefined || start === startNow ? pid : undefined
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
