// Programs that this machine has already.
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { canEnter } from './account.mjs'

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return canEnter(realpathSync(path))
  } catch {
    return false
  }
}

/** Servers often lie where only root's PATH goes. */
const folders = () => [
  ...new Set(
    [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/usr/libexec'].filter(Boolean),
  ),
]

/** Every program of one of these names, by PATH. */
export function programsNamed(...names) {
  return folders().flatMap((folder) => names.map((name) => join(folder, name)).filter(isProgram))
}

/** Debian keeps the versions of PostgreSQL beside each other and outside of PATH; the newest comes first. */
export function postgresFolders(root = '/usr/lib/postgresql') {
  let majors = []
  try {
    majors = readdirSync(root).filter((name) => /^\d+$/.test(name))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  const ofDebian = majors.sort((a, b) => Number(b) - Number(a)).map((major) => join(root, major, 'bin'))
  const ofPath = folders()
  return [...ofDebian, ...ofPath].filter((folder) =>
    ['postgres', 'initdb'].every((name) => isProgram(join(folder, name))),
  )
}
