"""The front door: an ASGI application when it is imported, the page script when Streamlit runs it for a reader."""

from pathlib import Path

import streamlit as st

if __name__ != "__main__":
    from dashboard import server

    app = st.App(
        Path(__file__).resolve(),
        routes=server.ROUTES,
        middleware=server.MIDDLEWARE,
        lifespan=server.lifespan,
        exception_handlers=server.EXCEPTION_HANDLERS,
    )
else:
    from dashboard import app as dashboard_app

    dashboard_app.run()
