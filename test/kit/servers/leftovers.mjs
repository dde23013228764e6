// The folder of a run, and what is in it for the one who comes after a keeper that was killed itself.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { canEnter, ownFolder } from './account.mjs'
import { beganAt } from './children.mjs'
import { removeContainer } from './docker.mjs'

const prefix = 'migrate-servers-'
const notes = 'running'

/** Short: the path of a Unix socket holds about a hundred characters. */
export function makeFolder() {
  if (!canEnter(tmpdir())) throw new Error(`TMPDIR: the account of the servers cannot enter ${tmpdir()}`)
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o755)
  record(folder, `keeper ${process.pid}`)
  return folder
}

const memory = '/dev/shm'
/** What the databases of a run may come to, with as much again for all else. */
const room = 8 * 2 ** 30

function hasRoomInMemory() {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > room && freemem() > room && canEnter(memory)
  } catch {
    return false
  }
}

/** In memory beside the folder of a run, by the same name. */
const inMemory = (folder) => join(memory, basename(folder))

/** A new folder for a server's data: in memory where there is room, since tests make and drop tables more than all else. */
export function dataFolder(folder, ...names) {
  const home = hasRoomInMemory() ? inMemory(folder) : folder
  mkdirSync(join(home, ...names.slice(0, -1)), { recursive: true, mode: 0o755 })
  const path = join(home, ...names)
  rmSync(path, { recursive: true, force: true })
  return ownFolder(path)
}

export function removeFolder(folder) {
  for (const each of [inMemory(folder), folder]) {
    rmSync(each, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Notes `pid 12`, `container name`; a process with the time it began, so that a later one of that number is not meant. */
export function record(folder, line) {
  const [kind, what] = line.split(' ')
  const began = kind === 'container' ? '' : ` ${beganAt(Number(what)) ?? '-'}`
  appendFileSync(join(folder, notes), `${line}${began}\n`)
}

function notesOf(folder) {
  try {
    const lines = readFileSync(join(folder, notes), 'utf8').trim().split('\n')
    return lines.map((line) => line.split(' '))
  } catch (error) {
    // A run that has just begun, another user's file, or a folder that is being removed.
    if (['ENOENT', 'ENOTDIR'].includes(error.code)) return []
    throw error
  }
}

/** A system that does not say when a process began is not believed about whose it is. */
const isThat = ([, pid, began]) => began !== '-' && beganAt(Number(pid)) === began

export async function removeContainers(folder) {
  for (const [kind, name] of notesOf(folder)) {
    if (kind === 'container') await removeContainer(name)
  }
}

function endProcess(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

async function sweepFolder(folder) {
  const lines = notesOf(folder)
  const keeper = lines.find(([kind]) => kind === 'keeper')
  if (keeper === undefined || keeper[2] === '-' || isThat(keeper)) return
  for (const line of lines) if (line[0] === 'pid' && isThat(line)) endProcess(Number(line[1]))
  await removeContainers(folder)
  removeFolder(folder)
}

/** Ends and removes what runs left whose keeper is no more. What cannot be removed is reported, and harms nothing. */
export async function sweep(report) {
  const own = process.getuid?.()
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    if (statSync(folder, { throwIfNoEntry: false })?.uid !== own) continue
    await sweepFolder(folder).catch((error) => report(`${folder} is left over: ${error.message}`))
  }
}
