// Database servers refuse to run as root, or should: as root they are given to the account that owns nothing.
import { chownSync, lchownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

function unprivilegedAccount() {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === 'nobody') return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('this system has no account "nobody", and servers do not run as root')
}

let cachedAccount

/** Whose the servers are; undefined: ours. */
export function serverAccount() {
  if (process.getuid?.() !== 0) return undefined
  cachedAccount ??= unprivilegedAccount()
  return cachedAccount
}

/** A server's environment: nothing of ours decides what it does. */
export function serverEnvironment(home, more = {}) {
  return { PATH: process.env.PATH ?? '', HOME: home, LC_ALL: 'C', TZ: 'UTC', ...more }
}

/** A folder that belongs to the servers' account. */
export function ownFolder(path, mode = 0o700) {
  mkdirSync(path, { recursive: true, mode })
  const account = serverAccount()
  if (account !== undefined) chownSync(path, account.uid, account.gid)
  return path
}

/** Gives a tree to the servers' account. */
export function giveTree(path) {
  const account = serverAccount()
  if (account === undefined) return
  lchownSync(path, account.uid, account.gid)
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
}

/** Whether the servers' account can enter a folder: as root, its parents have to be open to everyone. */
export function canEnter(path) {
  if (serverAccount() === undefined) return true
  for (let folder = path; ; folder = dirname(folder)) {
    const stats = statSync(folder, { throwIfNoEntry: false })
    if (stats !== undefined && (stats.mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
