// The official images, where an engine answers. A container is named before it is made: whatever happens, it is found.
import { run } from './children.mjs'
import { programsNamed } from './installed.mjs'
import { mariadbSettings, mysqlSettings } from './mysql.mjs'
import { postgresSettings } from './postgres.mjs'

const postgresImage = (major) => ({
  image: `postgres:${major}`,
  port: 5432,
  env: ['POSTGRES_HOST_AUTH_METHOD=trust', 'POSTGRES_DB=test'],
  settings: postgresSettings,
})

const mariadbImage = (version) => ({
  image: `mariadb:${version}`,
  port: 3306,
  env: ['MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1', 'MARIADB_DATABASE=test'],
  settings: mariadbSettings,
})

const images = {
  postgres: () => postgresImage(17),
  'postgres-next': (other) => postgresImage(other === 18 ? 17 : 18),
  mariadb: () => mariadbImage('10.11'),
  'mariadb-next': (other) => mariadbImage(other === 11 ? '10.11' : '11.8'),
  mysql: () => ({
    image: 'mysql:8.4',
    port: 3306,
    env: ['MYSQL_ALLOW_EMPTY_PASSWORD=1', 'MYSQL_DATABASE=test'],
    settings: mysqlSettings,
  }),
}

const docker = (args, options) => run(['docker', ...args], options)

let answer

/** Undefined where an engine answers; otherwise why not. */
export function dockerProblem() {
  answer ??= (async () => {
    if (programsNamed('docker').length === 0) return 'no docker program'
    try {
      await docker(['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 })
      return undefined
    } catch {
      return 'no engine answers'
    }
  })()
  return answer
}

/** Starts a container and gives the loopback port that the engine chose. `other`: a major version not to take. */
export async function startContainer(name, container, other) {
  const { image, port, env, settings } = images[name](other)
  const args = ['run', '--detach', '--rm', '--name', container, '--publish', `127.0.0.1::${port}`]
  await docker([...args, ...env.flatMap((each) => ['--env', each]), image, ...settings])
  const output = await docker(['port', container, `${port}/tcp`], { timeout: 60_000 })
  const [, published] = /:(\d+)\s*$/m.exec(output) ?? []
  if (published === undefined) throw new Error(`docker published no port for ${image}: ${output.trim()}`)
  return Number(published)
}

/** Removes a container; one that never came into being, or has gone by itself, is not there. */
export async function removeContainer(container) {
  try {
    await docker(['rm', '--force', '--volumes', container], { timeout: 30_000, atTheEnd: true })
  } catch (error) {
    if (!/no such container/i.test(error.message)) throw error
  }
}

export async function isRunning(container) {
  const output = await docker(['ps', '--quiet', '--filter', `name=^${container}$`], { timeout: 60_000 })
  return output.trim() !== ''
}

export const lastOutput = (container) => docker(['logs', '--tail', '12', container], { timeout: 60_000 })
