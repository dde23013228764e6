// Packs the public packages as they go out, for check-packages.mjs and for tests.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root } from './workspace.mjs'

/** The folder and the manifest of each package that goes out. */
function publicPackages() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
}

/** Packs them into a folder by one call of pnpm: the tarball of each, and what is in it, unpacked. Throws where pnpm or tar fails. */
export function packPublic(destination) {
  const packages = publicPackages()
  const filters = packages.flatMap(({ manifest }) => ['--filter', manifest.name])
  if (pnpm(['-r', ...filters, 'pack', '--pack-destination', destination], { quiet: true }) !== 0)
    throw new Error('pnpm pack failed')
  return packages.map(({ manifest: { name, version } }) => {
    const tarball = join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
    const unpacked = join(destination, 'unpacked', name)
    mkdirSync(unpacked, { recursive: true })
    const { status, stderr } = spawnSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', unpacked], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return { name, tarball, unpacked, manifest: JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) }
  })
}

/** The paths of the files of a folder, with slashes. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
}
