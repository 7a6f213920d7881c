def post_init_hook(env):
    """Give every company that exists at installation its value policy."""
    env["crm.value.policy"]._ensure(env["res.company"].search([]))
