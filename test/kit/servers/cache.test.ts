import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { once } from './cache.mjs'
import { temporaryFolder, until } from './kit.ts'

const testFolder = temporaryFolder()
// A machine with much else to do takes its time.
vi.setConfig({ testTimeout: 180_000 })
const given = process.env.TEST_SERVERS_CACHE
beforeEach(() => {
  process.env.TEST_SERVERS_CACHE = testFolder.path
})
afterEach(() => {
  if (given === undefined) delete process.env.TEST_SERVERS_CACHE
  else process.env.TEST_SERVERS_CACHE = given
})

/** Another process that makes the same: it notes that it began, and takes its time. */
const maker = `
const { once } = await import(${JSON.stringify(fileURLToPath(new URL('cache.mjs', import.meta.url)))})
const { appendFileSync, writeFileSync } = await import('node:fs')
const place = await once('thing', { make: async (folder) => {
  writeFileSync(folder + '/half', '')
  appendFileSync(process.env.TEST_SERVERS_CACHE + '/began', 'x')
  await new Promise((resolve) => setTimeout(resolve, Number(process.argv[1])))
  writeFileSync(folder + '/whole', '')
} })
console.log(place)
`
const startMaker = (ms: number) => spawn(process.execPath, ['--input-type=module', '--eval', maker, `${ms}`])
const endOf = (child: ReturnType<typeof startMaker>) =>
  new Promise<string>((resolve, reject) => {
    let text = ''
    let problem = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      problem += part
    })
    child.once('close', (code) => (code === 0 ? resolve(text.trim()) : reject(new Error(problem))))
  })
const began = (): string =>
  existsSync(join(testFolder.path, 'began')) ? readFileSync(join(testFolder.path, 'began'), 'utf8') : ''

test('of several runs that lack the same, one makes it and the others get it', async () => {
  const folders = await Promise.all([300, 300, 300].map((ms) => endOf(startMaker(ms))))
  expect(folders).toEqual(Array(3).fill(join(testFolder.path, 'thing')))
  expect(began()).toBe('x')
  expect(readdirSync(join(testFolder.path, 'thing')).toSorted()).toEqual(['complete', 'half', 'whole'])
})

test('what a killed run has begun is not taken for the whole, and blocks no other run', async () => {
  const killed = startMaker(600_000)
  await until('it has begun', () => began() === 'x')
  killed.kill('SIGKILL')
  await endOf(killed).catch(() => undefined)
  expect(existsSync(join(testFolder.path, 'thing'))).toBe(false)
  expect(await endOf(startMaker(0))).toBe(join(testFolder.path, 'thing'))
  expect(readdirSync(testFolder.path).filter((name) => name.includes('.part-'))).toEqual([])
})

test('what is there and no longer right is recreated', async () => {
  const make = async (folder: string) => writeFileSync(join(folder, 'program'), 'runs')
  const isRight = async (folder: string) => existsSync(join(folder, 'program'))
  const entry = await once('thing', { make, isRight })
  rmSync(join(entry, 'program'))
  expect(await once('thing', { make, isRight })).toBe(entry)
  expect(readFileSync(join(entry, 'program'), 'utf8')).toBe('runs')
})

test('what is not right when it has just been made is said', async () => {
  await expect(once('thing', { make: async () => undefined, isRight: async () => false })).rejects.toThrow(
    'does not run',
  )
})
