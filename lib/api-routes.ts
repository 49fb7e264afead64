/**
 * What the HTTP API answers, and which of two permissions a route takes: `views` are figures, `guard` names
 * addresses. The function, the API in front of it and the document are all made from this list.
 */
export interface ApiRoute {
  /** as OpenAPI and API Gateway write it */
  readonly path: `/v1/${string}`;
  readonly permission: ApiPermission;
}

export type ApiPermission = 'views' | 'guard';

export const API_ROUTES = [
  { path: '/v1/contents', permission: 'views' },
  { path: '/v1/contents/{id}', permission: 'views' },
  { path: '/v1/contents/{id}/minutes', permission: 'views' },
  { path: '/v1/contents/{id}/live', permission: 'views' },
  { path: '/v1/blocks', permission: 'guard' },
  { path: '/v1/blocks/{address}', permission: 'guard' },
  { path: '/v1/audit', permission: 'guard' },
  { path: '/v1/health', permission: 'views' },
  { path: '/v1/openapi.json', permission: 'views' },
] as const satisfies readonly ApiRoute[];

export type ApiPath = (typeof API_ROUTES)[number]['path'];

/** Scopes of a token that give a permission. Whoever may see addresses needs the other for figures. */
export const API_SCOPES: Readonly<Record<ApiPermission, string>> = {
  views: 'turnout/views',
  guard: 'turnout/guard',
};
