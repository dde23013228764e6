import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rows } from './catalogue/index.ts'
import { isTested, isWholly, page, pageFile } from './catalogue/page.ts'
import { hasTest } from './catalogue/titles.ts'

test('the list has every fault once, by its number', () => {
  expect(rows.map((each) => each.number)).toEqual(Array.from({ length: 110 }, (_, at) => at + 1))
})

test('a row names only tests that are there', () => {
  const missing = rows.flatMap((each) =>
    each.by
      .filter(({ file, test: title }) => !hasTest(file, title))
      .map(({ file, test: title }) => `${each.number}: ${file} has no ${title}`),
  )
  expect(missing).toEqual([])
  expect(hasTest('test/faults/catalogue.test.ts', ['a test that', 'does not exist'].join(' '))).toBe(false)
})

test('a row says why a place that it names has no test', () => {
  expect(rows.filter((each) => !isWholly(each) && each.why === undefined).map((each) => each.number)).toEqual([])
  const unproven = rows.flatMap((each) =>
    each.by.flatMap(({ on }) =>
      on.filter((engine) => !each.on.includes(engine)).map((engine) => `${each.number}: ${engine}`),
    ),
  )
  expect(unproven).toEqual([])
  expect(rows.filter((each) => each.on.some((engine) => isTested(each, engine))).length).toBeGreaterThan(60)
})

test('docs/reference/faults.md is what the list and the recorded runs say', () => {
  const text = page()
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(pageFile, text)
  else expect(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '').toBe(text)
})
