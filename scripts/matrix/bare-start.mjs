// `npm start` in a fresh clone, in a root of its own that has Node, npm, a shell and libc, and neither a compiler nor make, Python or git.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../workspace.mjs'

/** What npm, pnpm and their scripts start. */
const programs = ['sh', 'env', 'uname', 'ls', 'cat', 'rm', 'mkdir', 'sed', 'dirname']
/** The remaining parts of libc, which binaries of npm are linked with, and which it loads to find hosts. */
const partsOfLibc = ['librt.so.1', 'libutil.so.1', 'libresolv.so.2', 'libnss_dns.so.2', 'libnss_files.so.2']
const settings = ['resolv.conf', 'hosts', 'nsswitch.conf', 'passwd', 'group', 'ssl/certs/ca-certificates.crt']
const without = ['cc', 'gcc', 'g++', 'c++', 'clang', 'make', 'python', 'python3', 'git']

const pathOf = (name) => realpathSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim())

function copy(from, home, to = from) {
  mkdirSync(dirname(join(home, to)), { recursive: true })
  cpSync(from, join(home, to), { recursive: true, dereference: true })
}

/** A program and the libraries that it is linked with. */
function copyProgram(file, home, to) {
  copy(file, home, to)
  const libraries = execFileSync('ldd', [file], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)
  for (const [, library] of libraries) {
    copy(library, home)
    if (!library.endsWith('/libc.so.6')) continue
    for (const name of partsOfLibc) copy(join(dirname(library), name), home)
  }
}

function makeRoot(home, node) {
  for (const folder of ['dev', 'proc', 'tmp', 'root', 'usr/bin', 'etc'])
    mkdirSync(join(home, folder), { recursive: true })
  symlinkSync('usr/bin', join(home, 'bin'))
  for (const name of programs) copyProgram(pathOf(name), home, `usr/bin/${name}`)
  copyProgram(node, home, 'usr/bin/node')
  for (const name of settings) if (existsSync(join('/etc', name))) copy(join('/etc', name), home)
  const npm = dirname(dirname(pathOf('npm')))
  copy(npm, home, 'usr/lib/node_modules/npm')
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(home, 'usr/bin', name))
}

/** Names of the host are not seen: the compiler that an npmrc names, and where it has its modules. */
const env = {
  PATH: '/usr/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name))),
}

/** Runs a command in that root. The mounts are those of its own namespace, and end with it. */
function inRoot(home, command, options = {}) {
  const mounts = 'mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && exec chroot "$1" /usr/bin/sh -c "$2"'
  const asRoot = process.getuid() === 0 ? [] : ['--map-root-user']
  const args = [...asRoot, '--mount', '--pid', '--fork', 'sh', '-c', mounts, 'sh', home, command]
  return spawnSync('unshare', args, { env: { ...env, PATH: `${process.env.PATH}` }, encoding: 'utf8', ...options })
}

/** The exit code of `npm start` there, and what it printed. `node` is a program of Node. */
export function bareStart(node) {
  const home = mkdtempSync(join(tmpdir(), 'migrate-bare-'))
  try {
    makeRoot(home, node)
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, join(home, 'project')])
    const lacking = `for each in ${without.join(' ')}; do command -v $each && exit 9; done`
    const { status, signal, error, stdout, stderr } = inRoot(
      home,
      `export PATH=/usr/bin; ${lacking}; cd /project && npm start 2>&1`,
      { maxBuffer: 64 * 1024 * 1024 },
    )
    return { code: status ?? 1, output: `${error?.message ?? ''}${stdout}${stderr}${signal ?? ''}` }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) {
  const { code, output } = bareStart(process.argv[2])
  console.log(output)
  process.exit(code)
}
