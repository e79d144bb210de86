// What an attribute means to repair and conventions, by its canonical name.

/** What an attribute means to repair and conventions; 0 for nothing. */
export const Role = {
  none: 0,
  serviceName: 1,
  instanceId: 2,
  duration: 3,
  success: 4,
  error: 5,
  httpStatus: 6,
  traceId: 7,
  spanId: 8,
  eventName: 9,
  urlPath: 10,
  httpRoute: 11,
  identity: 12,
  errorType: 13,
  schemaStatus: 14,
  schemaMark: 15,
  serviceNamespace: 16,
} as const

export const roles: Readonly<Record<string, number>> = {
  'service.name': Role.serviceName,
  'service.instance.id': Role.instanceId,
  'service.namespace': Role.serviceNamespace,
  duration_ms: Role.duration,
  success: Role.success,
  error: Role.error,
  'http.response.status_code': Role.httpStatus,
  trace_id: Role.traceId,
  span_id: Role.spanId,
  'event.name': Role.eventName,
  'url.path': Role.urlPath,
  'http.route': Role.httpRoute,
  'error.type': Role.errorType,
  'automagik.schema.status': Role.schemaStatus,
  'automagik.schema.violations': Role.schemaMark,
  'automagik.schema.keyword': Role.schemaMark,
  'automagik.schema.attribute': Role.schemaMark,
}

/** Whether it says how an event fits its schema: the gateway writes these anew. */
export const isMark = (role: number): boolean => role === Role.schemaStatus || role === Role.schemaMark

/** Attributes with few different values by contract, wherever they occur. */
export const lowAttributes = new Set(['url.path', 'http.route'])

/** The SDKs say which runtime it is in the name of its version. */
export const implied: Readonly<Record<string, readonly [name: string, text: string] | undefined>> = {
  'system.node_version': ['process.runtime.name', 'nodejs'],
  'system.python_version': ['process.runtime.name', 'cpython'],
}
