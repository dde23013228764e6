scripts/api-report.mjs:65	Variable	known	| const known = new Set([...exported.values(), ...siblings])
scripts/api-report.mjs:70	Variable	found	| const found = checker.getSymbolAtLocation(node)
scripts/api-report.mjs:90	Parameter	texts	| const part = (title, texts) => (texts.length === 0 ? [] : [`## ${title}`, '', '```ts', texts.join('\n\n'), '```', ''])
scripts/build.mjs:19	Variable	words	| const words = process.argv.slice(2)
scripts/build.mjs:47	Function	removeOthers	| function removeOthers(folder, made) {
scripts/build.mjs:47	Parameter	made	| function removeOthers(folder, made) {
scripts/build.mjs:224	Variable	found	| const found = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
scripts/check-packages.mjs:24	Variable	scratch	| const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-packages-')))
scripts/check-packages.mjs:27	Parameter	words	| function command(words, options = {}) {
scripts/check-packages.mjs:70	Function	look	| async function look({ name, tarball, unpacked }) {
scripts/check-packages.mjs:72	Variable	found	| const found = problemsOfPacked(manifest, filesOf(unpacked))
scripts/check-packages.mjs:147	Variable	others	| const others = ['drizzle-orm', 'drizzle-zod', 'zod'].map((name) => [
scripts/check-packages.mjs:210	BindingElement	words	| for (const [words, expected] of [
scripts/check-packages.mjs:231	Variable	wanted	| const wanted = /^@org\/(cli|migrate-core|migrate-dialect-sqlite)$/
scripts/check-packages.mjs:254	BindingElement	words	| for (const [words, expected, said] of [
scripts/check-packages.mjs:254	BindingElement	said	| for (const [words, expected, said] of [
scripts/mutants.mjs:28	Variable	wanted	| const wanted = process.argv.slice(2).filter((word) => word !== '--')
scripts/mutants.mjs:49	Variable	begunAt	| const begunAt = performance.now()
scripts/mutants.mjs:134	BindingElement	found	| const { found, output } = await vitest(copy, files, names, [`--maxWorkers=${workers}`], 10 * runMs)
scripts/mutants.mjs:154	BindingElement	found	| const { found, late } = await vitest(copy, [testFile], [name], ['--bail=1'], runMs)
scripts/mutants.mjs:156	BindingElement	seen	| const [seen] = ran.filter(({ status }) => status === 'failed')
scripts/mutants.mjs:166	Parameter	found	| function ranOf(found, copy, file, name) {
scripts/mutants.mjs:175	Parameter	words	| function vitest({ tree, tmp }, files, names, words, limit) {
scripts/mutants.mjs:217	Property	found	| found: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : undefined,
scripts/servers.mjs:12	Variable	words	| const words = process.argv.slice(2)
scripts/servers.mjs:32	Variable	wanted	| const wanted = outcomes.filter(({ name }) => names.length === 0 || names.includes(name))
scripts/start.mjs:22	Variable	made	| const made = run(process.execPath, [join(root, 'scripts/make-demo.mjs'), demo])
scripts/test-cluster.mjs:13	Variable	words	| const words = process.argv.slice(2)
scripts/test-cluster.mjs:14	Variable	asked	| const asked = words.filter((word) => clusterNames.includes(word))
scripts/test.mjs:12	Variable	words	| const words = process.argv.slice(2)
scripts/test.mjs:19	Variable	scratch	| const scratch = mkdtempSync(join(tmpdir(), 'migrate-test-'))
scripts/workspace.mjs:35	Variable	found	| const found = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
scripts/workspace.mjs:39	Parameter	words	| export function pnpm(words, options = {}) {
scripts/workspace.mjs:45	Parameter	words	| export function run(command, words, { env = {}, cwd = root, quiet = false } = {}) {
scripts/workspace.mjs:168	Parameter	words	| export function migrate(words) {
words 11, found 8, wanted 3, others 2, made 2, scratch 2, known 1, texts 1, look 1, said 1, begun 1, seen 1, asked 1
35 names
