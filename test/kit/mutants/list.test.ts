import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mutants } from './list.ts'

const inRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

// Whether each is seen by its test takes minutes: `npm run test:mutants`. That it can be put in at all is told here.
test('every defect of the list fits the sources as they are', () => {
  const fileTexts = new Map(
    mutants.map(({ file }) => [file, existsSync(inRoot(file)) ? readFileSync(inRoot(file), 'utf8') : '']),
  )
  const unfit = mutants.filter(
    ({ file, find, replace }) => (fileTexts.get(file) ?? '').split(find).length !== 2 || find === replace,
  )
  expect(unfit.map(({ name, file, find }) => ({ name, file, find }))).toEqual([])
  expect(mutants.filter(({ test: [file] }) => !existsSync(inRoot(file)))).toEqual([])
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})
