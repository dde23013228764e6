import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { allowedSources, namedServers } from './names.mjs'
import { freePort } from './ports.mjs'
import { environmentOf, missing, type Outcome, reportOf } from './servers.mjs'

test('servers are named one by one, as all, or as none', () => {
  expect(namedServers('mysql, postgres')).toEqual(['postgres', 'mysql'])
  expect(namedServers('none')).toEqual([])
  expect(namedServers('all')).toEqual(['postgres', 'mariadb', 'mysql', 'postgres-next', 'mariadb-next'])
  expect(() => namedServers('oracle')).toThrow(
    '"oracle" is none of postgres, mariadb, mysql, postgres-next, mariadb-next',
  )
})

test('the ways are tried in their order, also those that TEST_SERVERS_FROM names', () => {
  expect(allowedSources('')).toEqual(['docker', 'installed', 'packages', 'npm'])
  expect(allowedSources('npm,installed')).toEqual(['installed', 'npm'])
  expect(() => allowedSources('internet')).toThrow('TEST_SERVERS_FROM: "internet" is none of')
})

describe('what is said of the servers', () => {
  const outcomes: readonly Outcome[] = [
    { name: 'postgres', url: 'postgres://x@127.0.0.1:1/test', version: 'PostgreSQL 15.6', from: 'installed' },
    { name: 'mysql', reason: 'docker: no engine answers\npackages: not here' },
  ]

  test('names versions, and every way that did not work', () => {
    expect(reportOf(outcomes)).toBe(
      [
        '  postgres  PostgreSQL 15.6 (installed)',
        '  mysql     NOT RUN: docker: no engine answers',
        '                     packages: not here',
      ].join('\n'),
    )
  })

  test('a server that is missing is taken away from the tests also where its variable was set', () => {
    expect(missing(outcomes).map(({ name }) => name)).toEqual(['mysql'])
    expect(environmentOf(outcomes)).toEqual({ TEST_POSTGRES_URL: 'postgres://x@127.0.0.1:1/test', TEST_MYSQL_URL: '' })
  })
})

test.runIf(process.platform === 'linux')('a port is free, and none that outgoing connections get', async () => {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number)
  const [low = 0, high = 0] = range
  for (let turn = 0; turn < 20; turn += 1) {
    const port = await freePort()
    expect(port < low || port > high).toBe(true)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await new Promise((resolve) => server.close(resolve))
  }
})
