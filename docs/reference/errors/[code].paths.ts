import { readErrorSections } from '../../.vitepress/errors.ts'

/** What the site makes of `[code].md`: a page for each section of errors.md. */
const routes = {
  watch: ['../errors.md'],
  paths: () =>
    readErrorSections().map(({ code, subject, markdown }) => ({ params: { code, subject }, content: markdown })),
}
export default routes
