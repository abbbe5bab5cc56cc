"""What the platforms share: requests that end in time, budgets of time, lists of servers, links."""
