// Calls a sandbox by the official JavaScript SDK, each of its routes at least once, and prints what came back.
//
//   node javascript_walk.js FOLDER_OF_THE_SDK PORT
//
// Prints one JSON list: {sdk (the SDK's method), verb, path (as the SDK has it), status, body}. What is called
// by a plain function of the SDK is recorded; nothing is judged here (tests/support/genesys/declared_models.py).

const [folder, port] = process.argv.slice(2)
const sdk = require(folder)
const client = sdk.ApiClient.instance
client.config.logger.log = () => {} // its own log would hold tokens
client.setReturnExtendedResponses(true)
client.setGateway({ host: '127.0.0.1', protocol: 'http', port, path_params_login: '', path_params_api: '' })

const replies = []
let called = null
const send = client.callApi.bind(client)
client.callApi = (path, verb, ...rest) => {
  called = { verb, path }
  return send(path, verb, ...rest)
}

async function call(api, sdkMethod, ...args) {
  let reply
  try {
    reply = await api[sdkMethod](...args)
  } catch (error) {
    if (!error || !error.status) throw error
    reply = error
  }
  replies.push({ sdk: sdkMethod, ...called, status: reply.status, body: reply.body ?? reply.text ?? null })
  return reply.body
}

async function control(what, body) {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const reply = await fetch(`http://127.0.0.1:${port}/sandbox/${what}`, init)
  if (!reply.ok) throw new Error(`${what}: ${reply.status}`)
}

async function listed(integrations) {
  const all = { pageSize: 100, includeAuthActions: true, includeConfig: true }
  const page = await call(integrations, 'getIntegrationsActions', all)
  await call(integrations, 'getIntegrationsActions', { pageSize: 2, pageNumber: 2, name: 'e' })
  return Object.fromEntries(page.entities.map((action) => [action.name, action.id]))
}

async function actions(integrations, ids) {
  for (const id of Object.values(ids)) {
    await call(integrations, 'getIntegrationsAction', id, { expand: 'contract', includeConfig: true })
    await call(integrations, 'getIntegrationsAction', id, { expand: 'contract', flatten: true })
  }
  const id = ids['Get Order']
  for (const name of ['requesttemplate.vm', 'successtemplate.vm']) {
    await call(integrations, 'getIntegrationsActionTemplate', id, name)
  }
  for (const name of ['inputschema.json', 'successschema.json', 'errorschema.json']) {
    await call(integrations, 'getIntegrationsActionSchema', id, name)
  }
  const [integration] = (await call(integrations, 'getIntegrations', {})).entities
  await call(integrations, 'getIntegration', integration.id, {})
  const { version } = await call(integrations, 'getIntegrationsAction', id, {})
  const patched = await call(integrations, 'patchIntegrationsAction', id, { version, name: 'Get Order' })
  await call(integrations, 'patchIntegrationsAction', id, { version, name: 'Too late' }) // 409
  const made = { name: 'Made', category: 'Test', integrationId: integration.id, secure: false }
  const added = await call(integrations, 'postIntegrationsActions', made)
  await call(integrations, 'postIntegrationsActionsDrafts', { ...made, name: 'Made as a draft' })
  await call(integrations, 'deleteIntegrationsAction', added.id)
  await call(integrations, 'getIntegrationsAction', added.id, {}) // 404
  return patched
}

async function calls(integrations, ids) {
  const input = { orderId: 'A' }
  await call(integrations, 'postIntegrationsActionTest', ids['Get Order'], input)
  await call(integrations, 'postIntegrationsActionExecute', ids['Get Order'], input)
  await call(integrations, 'postIntegrationsActionTest', ids['Get Order'], {}) // not what its contract wants
  await call(integrations, 'postIntegrationsActionExecute', ids['Get Order'], {}) // 400
  for (const name of ['Refused', 'Kept Secret']) {
    await call(integrations, 'postIntegrationsActionTest', ids[name], input)
    await call(integrations, 'postIntegrationsActionExecute', ids[name], input)
  }
  await call(integrations, 'postIntegrationsActionExecute', ids.Hangs, input)
  for (const timeout_form of ['408', '504', 'success_false']) {
    await control('switches', { timeout_form })
    await call(integrations, 'postIntegrationsActionTest', ids.Hangs, input)
  }
}

async function draft(integrations, id) {
  await call(integrations, 'postIntegrationsActionDraft', id)
  await call(integrations, 'postIntegrationsActionDraft', id) // 409
  const { version, config } = await call(integrations, 'getIntegrationsActionDraft', id, { includeConfig: true })
  for (const name of ['requesttemplate.vm', 'successtemplate.vm']) {
    await call(integrations, 'getIntegrationsActionDraftTemplate', id, name)
  }
  await call(integrations, 'patchIntegrationsActionDraft', id, { version, config: { ...config, timeoutSeconds: 9 } })
  await call(integrations, 'getIntegrationsActionsDrafts', { includeConfig: true })
  await call(integrations, 'getIntegrationsActionDraftSchema', id, 'inputschema.json')
  await call(integrations, 'postIntegrationsActionDraftTest', id, { orderId: 'A' })
  await call(integrations, 'getIntegrationsActionDraftValidation', id)
  const now = await call(integrations, 'getIntegrationsActionDraft', id, {})
  await call(integrations, 'postIntegrationsActionDraftPublish', id, { version: now.version })
  await call(integrations, 'postIntegrationsActionDraft', id)
  await call(integrations, 'deleteIntegrationsActionDraft', id)
}

async function functions(integrations, id) {
  await call(integrations, 'getIntegrationsActionFunction', id)
  await call(integrations, 'getIntegrationsActionsFunctionsRuntimes')
  await call(integrations, 'postIntegrationsActionDraft', id)
  const { function: present } = await call(integrations, 'getIntegrationsActionDraftFunction', id)
  await call(integrations, 'putIntegrationsActionDraftFunction', id, { ...present, timeoutSeconds: 9 })
  await call(integrations, 'postIntegrationsActionDraftFunctionUpload', id, { fileName: 'code.zip' })
}

async function analytics(id) {
  const day = 86400000
  const now = Date.now()
  const range = { target: 'tTotalExecution', function: 'rangeBound' }
  const query = {
    interval: `${new Date(now - 2 * day).toISOString()}/${new Date(now).toISOString()}`,
    granularity: 'P1D',
    groupBy: ['actionId'],
    metrics: ['tTotalExecution'],
    filter: { type: 'or', predicates: [{ dimension: 'actionId', value: id }] },
    views: [{ ...range, name: 'under_1000', range: { gte: 0, lt: 1000 } }],
  }
  await call(new sdk.AnalyticsApi(), 'postAnalyticsActionsAggregatesQuery', query)
  await call(new sdk.AnalyticsApi(), 'postAnalyticsActionsAggregatesQuery', { interval: 'yesterday' }) // 400
}

async function flows(id) {
  const architect = new sdk.ArchitectApi()
  const { entities } = await call(architect, 'getFlows', { pageSize: 100 })
  for (const flow of entities) {
    await call(architect, 'getFlowLatestconfiguration', flow.id)
    const version = flow.publishedVersion
    if (version) await call(architect, 'getFlowVersionConfiguration', flow.id, version.id)
  }
  await call(architect, 'getArchitectDependencytrackingConsumingresources', id, 'DATAACTION')
}

async function audits() {
  const audit = new sdk.AuditApi()
  const [service] = (await call(audit, 'getAuditsQueryServicemapping')).services
  await call(audit, 'getAuditsQueryRealtimeServicemapping')
  const now = Date.now()
  const day = `${new Date(now - 24 * 3600 * 1000).toISOString()}/${new Date(now + 3600 * 1000).toISOString()}`
  const body = { interval: day, serviceName: service.name }
  const { id } = await call(audit, 'postAuditsQuery', body)
  await call(audit, 'getAuditsQueryTransactionId', id)
  await call(audit, 'getAuditsQueryTransactionIdResults', id, { pageSize: 25 })
  await call(audit, 'postAuditsQueryRealtime', body)
}

async function organization() {
  const org = new sdk.OrganizationApi()
  await call(org, 'getOrganizationsMe')
  for (const namespace of ['dataactions', 'platform.api']) {
    await call(org, 'getOrganizationsLimitsNamespace', namespace)
    await call(org, 'getOrganizationsLimitsNamespaceDefaults', namespace)
  }
  await call(new sdk.AuthorizationApi(), 'getAuthorizationSubjectsMe')
  await call(new sdk.TokensApi(), 'getTokensMe')
  await call(new sdk.OperationalEventsApi(), 'getUsageEventsDefinitions')
}

async function refusals(integrations) {
  await control('limits', { token_requests_per_minute: 1 })
  await call(integrations, 'getIntegrations', {})
  await call(integrations, 'getIntegrations', {}) // 429
  await control('limits', { token_requests_per_minute: 100000 })
  await call(new sdk.TokensApi(), 'deleteTokensMe')
  await call(integrations, 'getIntegrations', {}) // 401
}

async function walk() {
  await client.loginClientCredentialsGrant('sandbox', 'sandbox')
  const integrations = new sdk.IntegrationsApi()
  const ids = await listed(integrations)
  await actions(integrations, ids)
  await calls(integrations, ids)
  await draft(integrations, ids['Get Order'])
  await functions(integrations, ids['Score'])
  await analytics(ids['Get Order'])
  await flows(ids['Get Order'])
  await audits()
  await organization()
  await refusals(integrations)
}

walk().then(
  () => process.stdout.write(JSON.stringify(replies), () => process.exit(0)),
  (error) => {
    process.stderr.write(`${replies.length} calls, then ${(error && error.stack) || JSON.stringify(error)}\n`)
    process.exit(1)
  }
)
