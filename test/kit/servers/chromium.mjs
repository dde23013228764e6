// A Chromium without a window: as npm ships it for functions in a cloud (a program that is packed with brotli), else the
// machine's own, else the packages of this Debian.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { once } from './cache.mjs'
import { run } from './children.mjs'
import { programsNamed } from './installed.mjs'
import { ownPackages } from './packages.mjs'

const version = '153.0.0'

const answers = ({ command, env }) =>
  run([...command, '--version', '--no-sandbox'], { env: { ...process.env, ...env }, timeout: 60_000 }).then(
    () => true,
    () => false,
  )

const unpacked = (folder) => ({
  command: [join(folder, 'chromium')],
  // Its own libraries and fonts: a small system has neither.
  env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
})

const fonts =
  '<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n'

async function ofNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = await once(`chromium-${version}`, {
    isRight: (at) => answers(unpacked(at)),
    make: async (at) => {
      await run(['npm', 'pack', `@sparticuz/chromium@${version}`], { cwd: at })
      const archive = readdirSync(at).find((name) => name.endsWith('.tgz'))
      await run(['tar', '-xzf', archive], { cwd: at })
      const expand = (name, to) => writeFileSync(to, brotliDecompressSync(readFileSync(join(at, 'package/bin', name))))
      expand('chromium.br', join(at, 'chromium'))
      chmodSync(join(at, 'chromium'), 0o755)
      for (const name of ['al2023.tar', 'fonts.tar']) {
        expand(`${name}.br`, join(at, name))
        await run(['tar', '--no-same-owner', '-xf', name], { cwd: at })
        rmSync(join(at, name))
      }
      writeFileSync(join(at, 'fonts.conf'), fonts)
      for (const name of [archive, 'package']) rmSync(join(at, name), { recursive: true })
    },
  })
  return unpacked(folder)
}

async function ofMachine() {
  const [program] = programsNamed('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
  return program === undefined ? undefined : { command: [program], env: {} }
}

async function ofDebian() {
  const programOf = ({ commandOf, env }) => {
    const folders = env.LD_LIBRARY_PATH.split(':')
    // A library of it needs one that the package of PulseAudio keeps in a folder of its own.
    const libraries = [...folders, ...folders.map((folder) => join(folder, 'pulseaudio'))].join(':')
    return { command: commandOf('usr/lib/chromium/chromium'), env: { LD_LIBRARY_PATH: libraries } }
  }
  const request = { names: ['chromium'], without: /^Package: chromium/, isRight: (found) => answers(programOf(found)) }
  const found = await ownPackages('chromium', request)
  return found === undefined ? undefined : programOf(found)
}

/** `{ command, env }` of the first that there is. Throws with all reasons where there is none. */
export async function chromium() {
  const reasons = []
  for (const [name, find] of Object.entries({ npm: ofNpm, machine: ofMachine, packages: ofDebian })) {
    try {
      const found = await find()
      if (found !== undefined) return found
      reasons.push(`${name}: not here`)
    } catch (error) {
      reasons.push(`${name}: ${error.message}`)
    }
  }
  throw new Error(`no Chromium (${reasons.join('; ')})`)
}
