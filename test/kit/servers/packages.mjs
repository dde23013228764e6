// Programs from Debian and Ubuntu packages, unpacked into a folder of the cache: the system stays as it is, and root
// rights are not needed. apt checks the signatures, as always; only its lists and its idea of what is installed are our own.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.mjs'
import { run } from './children.mjs'

/** What /etc/os-release says of this system; undefined where there is no apt. */
function release() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release'))
    return undefined
  const entries = readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)
  const fields = Object.fromEntries([...entries].map(([, name, value]) => [name, value]))
  if (fields.VERSION_CODENAME === undefined || !['debian', 'ubuntu'].includes(fields.ID)) return undefined
  return { id: fields.ID, codename: fields.VERSION_CODENAME }
}

/** The machine's own sources of its release, wherever they are named: `{ suite, components, address }`. */
async function ownSources({ codename }) {
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)'
  const ofRelease = new RegExp(`^(${codename}|stable|oldstable|testing)(-(updates|security))?$`)
  const lines = await run(['apt-get', 'indextargets', '--no-release-info', '--format', format, 'Created-By: Packages'])
  const bySuite = new Map()
  for (const line of lines.split('\n')) {
    const [suite, component, address] = line.trim().split(' ')
    if (address === undefined || !ofRelease.test(suite)) continue
    if (!['main', 'universe'].includes(component)) continue
    const key = `${suite} ${address}`
    bySuite.set(key, { suite, address, components: [...(bySuite.get(key)?.components ?? []), component] })
  }
  return [...bySuite.values()]
}

/** The packages that a field of a stanza names; without versions and architectures. */
const namesIn = (stanza, field) =>
  [...stanza.matchAll(new RegExp(`^(?:${field}): (.*)$`, 'gm'))].flatMap(([, list]) =>
    list.split(/[,|]/).map((each) => /[^\s(:]+/.exec(each)?.[0]),
  )

/**
 * What the system has, without what is wanted, so that it is fetched also where it is installed in another way; and without
 * what needs that, since apt does nothing for a system in which something is missing.
 */
function installedBut(pattern) {
  let stanzas = readFileSync('/var/lib/dpkg/status', 'utf8')
    .split('\n\n')
    .filter((stanza) => stanza.startsWith('Package: '))
  const dropped = new Set()
  for (let before = -1; before !== stanzas.length; ) {
    before = stanzas.length
    stanzas = stanzas.filter((stanza) => {
      if (!pattern.test(stanza) && !namesIn(stanza, 'Depends|Pre-Depends').some((name) => dropped.has(name)))
        return true
      for (const name of namesIn(stanza, 'Package|Provides')) dropped.add(name)
      return false
    })
  }
  return `${stanzas.join('\n\n')}\n\n`
}

/** Where nothing counts as installed, perl does: only scripts want it, and none of them is run. */
async function nothingInstalled() {
  const architecture = (await run(['dpkg', '--print-architecture'])).trim()
  return `Package: perl\nStatus: install ok installed\nMaintainer: none\nArchitecture: ${architecture}\nMulti-Arch: allowed\nVersion: 99\nDescription: none\n\n`
}

/**
 * apt's settings for a folder of its own; what the machine says about proxies and mirrors stays. A mirror that stands still
 * will do: its lists are past their date of validity then, and signed all the same.
 */
const settings = (work) => `
Acquire::Check-Valid-Until "false";
Dir::Etc::SourceList "${work}/sources.list";
Dir::Etc::SourceParts "${work}/sources.d";
Dir::State "${work}/state";
Dir::State::Lists "${work}/lists";
Dir::State::status "${work}/status";
Dir::Cache "${work}/cache";
Debug::NoLocking "1";
APT::Install-Recommends "0";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
`

async function unpack(installation, { id, sources, status, names }) {
  const work = join(installation, 'apt')
  for (const folder of ['lists/partial', 'cache/archives/partial', 'state', 'sources.d']) {
    mkdirSync(join(work, folder), { recursive: true })
  }
  const keys = `/usr/share/keyrings/${id}-archive-keyring.gpg`
  const signed = existsSync(keys) ? `[signed-by=${keys}] ` : ''
  const lines = sources.map(
    ({ suite, address, components }) => `deb ${signed}${address} ${suite} ${components.join(' ')}\n`,
  )
  writeFileSync(join(work, 'sources.list'), lines.join(''))
  writeFileSync(join(work, 'status'), status)
  writeFileSync(join(work, 'apt.conf'), settings(work))
  const env = { ...process.env, APT_CONFIG: join(work, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  await run(['apt-get', '-qq', 'update'], { env })
  await run(['apt-get', '-qq', '-y', '--download-only', 'install', ...names], { env })
  const archives = join(work, 'cache/archives')
  const fetched = readdirSync(archives).filter((name) => name.endsWith('.deb'))
  for (const name of fetched) await run(['dpkg-deb', '--extract', join(archives, name), join(installation, 'root')])
  writeFileSync(join(installation, 'packages'), `${fetched.sort().join('\n')}\n`)
  rmSync(work, { recursive: true, force: true })
}

const libraryFolders = (root) =>
  ['usr/lib', 'lib'].flatMap((base) => {
    const folder = join(root, base)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => /-linux-gnu/.test(name))
      .map((name) => join(folder, name))
  })

/** It lies in another folder from release to release and from processor to processor. */
function loaderIn(root) {
  const folders = [join(root, 'usr/lib64'), join(root, 'lib64'), ...libraryFolders(root)]
  for (const folder of folders.filter(existsSync)) {
    const name = readdirSync(folder).find((each) => /^ld-linux.*\.so\.\d+$/.test(each))
    if (name !== undefined) return join(folder, name)
  }
  throw new Error(`no program loader in ${root}`)
}

/**
 * Packages of this machine's own release. Its libraries are the system's; those that are missing lie beside.
 * `{ root, commandOf: program => command, env }`, or undefined where there is no apt.
 */
export async function ownPackages(key, { names, without, isRight }) {
  const system = release()
  if (system === undefined) return undefined
  const programs = (installation) => {
    const root = join(installation, 'root')
    return { root, commandOf: (path) => [join(root, path)], env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } }
  }
  const installation = await once(`${key}-${system.codename}-${process.arch}`, {
    isRight: (at) => isRight(programs(at)),
    make: async (at) => {
      const [sources, status] = [await ownSources(system), installedBut(without)]
      if (sources.length === 0) throw new Error(`no source of ${system.codename} in apt's sources`)
      await unpack(at, { id: system.id, sources, status, names })
    },
  })
  return programs(installation)
}

/**
 * Packages of Debian's unstable suite, with everything that they need, down to the C library: programs are started by the
 * loader that came with them. On Ubuntu, which has no such suite, the machine's own release.
 */
export async function newestPackages(key, request) {
  const system = release()
  if (system?.id !== 'debian') return ownPackages(key, request)
  const programs = (installation) => {
    const root = join(installation, 'root')
    const libraries = libraryFolders(root).join(':')
    return { root, commandOf: (path) => [loaderIn(root), '--library-path', libraries, join(root, path)], env: {} }
  }
  const installation = await once(`${key}-unstable-${process.arch}`, {
    isRight: (at) => request.isRight(programs(at)),
    make: async (at) => {
      const own = (await ownSources(system)).find(({ suite }) => !suite.includes('-'))
      if (own === undefined) throw new Error(`no source of ${system.codename} in apt's sources`)
      const sources = [{ suite: 'sid', address: own.address, components: ['main'] }]
      await unpack(at, { id: system.id, sources, status: await nothingInstalled(), names: request.names })
    },
  })
  return programs(installation)
}
