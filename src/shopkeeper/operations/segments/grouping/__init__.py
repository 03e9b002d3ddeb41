"""Who the customers are: RFM, classes of behaviour, clusters of taste, and a rule for each."""
